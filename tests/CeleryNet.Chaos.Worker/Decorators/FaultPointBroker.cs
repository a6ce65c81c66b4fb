using CeleryNet.Brokers;

namespace CeleryNet.Chaos.Worker.Decorators;

/// <summary>Ends the process after an acknowledgement has reached the broker.</summary>
internal sealed class FaultPointBroker(IBroker inner, FaultPoint point) : DecoratedBroker(inner)
{
    protected override IBrokerConsumer Decorate(IBrokerConsumer consumer) => new Consumer(consumer, point);

    private sealed class Consumer(IBrokerConsumer inner, FaultPoint point) : DecoratedConsumer(inner)
    {
        // Acknowledgements travel together, a few milliseconds later, or when a busy disk has written them. Nothing tells when they have arrived, so the last one is given far longer than that.
        private static readonly TimeSpan Travel = TimeSpan.FromSeconds(3);

        public override async ValueTask SettleAsync(Delivery delivery, Settlement settlement, CancellationToken cancellationToken)
        {
            await base.SettleAsync(delivery, settlement, cancellationToken);
            if (settlement != Settlement.Acknowledge) return;
            if (point.IsNext) await Task.Delay(Travel, cancellationToken);
            point.Pass();
        }
    }
}
