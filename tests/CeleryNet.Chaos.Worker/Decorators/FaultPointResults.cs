using CeleryNet.Results;

namespace CeleryNet.Chaos.Worker.Decorators;

/// <summary>Ends the process before or after a result is stored, and between the steps in which a chord ends.</summary>
internal sealed class FaultPointResults(IResultBackend inner, FaultPoint point) : DecoratedResults(inner)
{
    public override async ValueTask StoreAsync(TaskResult result, ReplyAddress reply, CancellationToken cancellationToken)
    {
        if (point.Is(FaultPoint.AfterRun)) point.Pass();
        await base.StoreAsync(result, reply, cancellationToken);
        if (point.Is(FaultPoint.AfterResult)) point.Pass();
    }

    public override async ValueTask<ChordCount> CountAsync(string groupId, int? index, TaskResult part, string run, int leastSize, CancellationToken cancellationToken)
    {
        var count = await base.CountAsync(groupId, index, part, run, leastSize, cancellationToken);
        if (point.Is(FaultPoint.AfterCount) && count.Parts is not null) point.Pass();
        return count;
    }

    public override async ValueTask RemoveAsync(string groupId, CancellationToken cancellationToken)
    {
        if (point.Is(FaultPoint.AfterBody)) point.Pass();
        await base.RemoveAsync(groupId, cancellationToken);
        if (point.Is(FaultPoint.AfterChord)) point.Pass();
    }
}
