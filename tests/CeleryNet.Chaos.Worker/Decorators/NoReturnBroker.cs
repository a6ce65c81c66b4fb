using System.Threading.Channels;
using CeleryNet.Brokers;

namespace CeleryNet.Chaos.Worker.Decorators;

/// <summary>Delivers nothing any more once <paramref name="loss"/> was seen: the worker whose connection came back and whose consumer did not.</summary>
internal sealed class NoReturnBroker(IBroker inner, LossWatch loss) : DecoratedBroker(inner)
{
    protected override IBrokerConsumer Decorate(IBrokerConsumer consumer) => new Consumer(consumer, loss);

    private sealed class Consumer(IBrokerConsumer inner, LossWatch loss) : DecoratedConsumer(inner)
    {
        public override ChannelReader<Delivery> Deliveries { get; } = new TappedReader(inner.Deliveries, _ => !loss.WasSeen);
    }
}
