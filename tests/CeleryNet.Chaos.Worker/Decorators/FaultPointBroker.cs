using CeleryNet.Brokers;

namespace CeleryNet.Chaos.Worker.Decorators;

/// <summary>Lets tasks begin one after the other, and where that is asked for ends the process after an acknowledgement has reached the broker.</summary>
internal sealed class FaultPointBroker(IBroker inner, FaultPoint point) : DecoratedBroker(inner)
{
    protected override IBrokerConsumer Decorate(IBrokerConsumer consumer) => new Consumer(consumer, point);

    private sealed class Consumer(IBrokerConsumer inner, FaultPoint point) : DecoratedConsumer(inner)
    {
        // Acknowledgements travel together, a few milliseconds later, or when a busy disk has written them. Nothing tells when they have arrived, so the last one is given far longer than that.
        private static readonly TimeSpan Travel = TimeSpan.FromSeconds(5);

        public override async ValueTask SettleAsync(Delivery delivery, Settlement settlement, CancellationToken cancellationToken)
        {
            await base.SettleAsync(delivery, settlement, cancellationToken);
            if (settlement != Settlement.Acknowledge) return; // it never began
            var isOwn = point.Is(FaultPoint.AfterAcknowledge);
            if (point.IsNext && (isOwn || point.WasPassed)) await Task.Delay(Travel, cancellationToken); // what is settled before another point has arrived as well
            if (isOwn) point.Pass();
            point.Leave(delivery.Message.Id!); // every task of the tests has one
        }
    }
}
