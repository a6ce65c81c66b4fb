using CeleryNet.Brokers;

namespace CeleryNet.Chaos.Worker.Decorators;

/// <summary>Gives nothing back: neither what shall go back to its queue nor, at the end, what is unsettled.</summary>
internal sealed class DropRequeueBroker(IBroker inner) : DecoratedBroker(inner)
{
    protected override IBrokerConsumer Decorate(IBrokerConsumer consumer) => new Consumer(consumer);

    private sealed class Consumer(IBrokerConsumer inner) : DecoratedConsumer(inner)
    {
        public override ValueTask SettleAsync(Delivery delivery, Settlement settlement, CancellationToken cancellationToken) =>
            settlement == Settlement.Requeue ? default : base.SettleAsync(delivery, settlement, cancellationToken);

#pragma warning disable CA2215 // disposing the inner one would give back, and the process is about to end
        public override ValueTask DisposeAsync()
#pragma warning restore CA2215
        {
            GC.SuppressFinalize(this);
            return default;
        }
    }
}
