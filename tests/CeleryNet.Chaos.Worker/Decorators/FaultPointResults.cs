using CeleryNet.Results;

namespace CeleryNet.Chaos.Worker.Decorators;

/// <summary>Ends the process before or after a result is stored.</summary>
internal sealed class FaultPointResults(IResultBackend inner, FaultPoint point) : DecoratedResults(inner)
{
    public override async ValueTask StoreAsync(TaskResult result, ReplyAddress reply, CancellationToken cancellationToken)
    {
        if (point.Is(FaultPoint.AfterRun)) point.Pass();
        await base.StoreAsync(result, reply, cancellationToken);
        if (point.Is(FaultPoint.AfterResult)) point.Pass();
    }
}
