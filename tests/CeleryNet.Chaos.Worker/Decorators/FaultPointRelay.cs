using CeleryNet.Brokers;

namespace CeleryNet.Chaos.Worker.Decorators;

/// <summary>Ends the process when the broker has taken what the relay of an outbox sent, before the relay knows.</summary>
internal sealed class FaultPointRelay(IBroker inner, FaultPoint point) : DecoratedBroker(inner)
{
    public override async ValueTask PublishManyAsync(IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
    {
        await base.PublishManyAsync(messages, cancellationToken);
        point.Pass();
    }
}
