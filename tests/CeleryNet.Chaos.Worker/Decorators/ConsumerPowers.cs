using CeleryNet.Brokers;
using CeleryNet.Messages;

namespace CeleryNet.Chaos.Worker.Decorators;

/// <summary>Gives a decorated consumer the optional powers of what it decorates, so that the worker finds them as without the decorator.</summary>
internal static class ConsumerPowers
{
    internal static IBrokerConsumer Restore(IBrokerConsumer decorated, IBrokerConsumer inner) => inner switch
    {
        IParkingConsumer parking and IRewritingConsumer rewriting => new Both(decorated, parking, rewriting),
        IParkingConsumer parking => new Parking(decorated, parking),
        IRewritingConsumer rewriting => new Rewriting(decorated, rewriting),
        _ => decorated,
    };

    private class Parking(IBrokerConsumer decorated, IParkingConsumer parking) : Transparent(decorated), IParkingConsumer
    {
        public ValueTask<bool> ParkAsync(Delivery delivery, DateTimeOffset due, CancellationToken cancellationToken) => parking.ParkAsync(delivery, due, cancellationToken);
    }

    private sealed class Rewriting(IBrokerConsumer decorated, IRewritingConsumer rewriting) : Transparent(decorated), IRewritingConsumer
    {
        public ValueTask<bool> RewriteAsync(Delivery delivery, TaskMessage message, CancellationToken cancellationToken) => rewriting.RewriteAsync(delivery, message, cancellationToken);
    }

    private sealed class Both(IBrokerConsumer decorated, IParkingConsumer parking, IRewritingConsumer rewriting) : Parking(decorated, parking), IRewritingConsumer
    {
        public ValueTask<bool> RewriteAsync(Delivery delivery, TaskMessage message, CancellationToken cancellationToken) => rewriting.RewriteAsync(delivery, message, cancellationToken);
    }

    private class Transparent(IBrokerConsumer inner) : DecoratedConsumer(inner);
}
