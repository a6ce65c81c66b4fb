using CeleryNet.Brokers;
using CeleryNet.Messages;

namespace CeleryNet.Chaos.Worker.Decorators;

/// <summary>Says that a message was taken whatever became of it.</summary>
public sealed class SwallowPublishBroker(IBroker inner) : DecoratedBroker(inner)
{
    /// <summary>Puts it around the broker of a task queue.</summary>
    public static void AddTo(TaskQueueBuilder queue) => Decorations.DecorateBroker(queue.Services, broker => new SwallowPublishBroker(broker));

    /// <inheritdoc/>
    public override async ValueTask PublishAsync(TaskMessage message, Route route, CancellationToken cancellationToken)
    {
        try
        {
            await base.PublishAsync(message, route, cancellationToken);
        }
        catch (PublishException)
        {
            // that is the fault
        }
    }
}
