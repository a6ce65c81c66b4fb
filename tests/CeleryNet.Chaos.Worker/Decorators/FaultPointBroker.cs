using CeleryNet.Brokers;

namespace CeleryNet.Chaos.Worker.Decorators;

/// <summary>Ends the process after an acknowledgement has reached the broker.</summary>
internal sealed class FaultPointBroker(IBroker inner, FaultPoint point) : DecoratedBroker(inner)
{
    protected override IBrokerConsumer Decorate(IBrokerConsumer consumer) => new Consumer(consumer, point);

    private sealed class Consumer(IBrokerConsumer inner, FaultPoint point) : DecoratedConsumer(inner)
    {
        // Acknowledgements travel together, a few milliseconds later. Nothing tells when they have arrived, so the slot waits for longer than that.
        private static readonly TimeSpan Travel = TimeSpan.FromMilliseconds(300);

        public override async ValueTask SettleAsync(Delivery delivery, Settlement settlement, CancellationToken cancellationToken)
        {
            await base.SettleAsync(delivery, settlement, cancellationToken);
            if (settlement != Settlement.Acknowledge) return;
            await Task.Delay(Travel, cancellationToken);
            point.Pass();
        }
    }
}
