using CeleryNet.Results;

namespace CeleryNet.Chaos.Worker.Decorators;

/// <summary>Says that a result was stored whatever became of it.</summary>
internal sealed class SwallowStoreResults(IResultBackend inner) : DecoratedResults(inner)
{
    public override async ValueTask StoreAsync(TaskResult result, ReplyAddress reply, CancellationToken cancellationToken)
    {
        try
        {
            await base.StoreAsync(result, reply, cancellationToken);
        }
        catch (BrokerUnavailableException)
        {
            // that is the fault
        }
    }
}
