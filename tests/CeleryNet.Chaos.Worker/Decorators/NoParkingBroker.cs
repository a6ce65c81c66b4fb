using CeleryNet.Brokers;

namespace CeleryNet.Chaos.Worker.Decorators;

/// <summary>Its consumers cannot park.</summary>
internal sealed class NoParkingBroker(IBroker inner) : DecoratedBroker(inner)
{
    protected override bool KeepsPowers => false;

    protected override IBrokerConsumer Decorate(IBrokerConsumer consumer) => new Consumer(consumer);

    private sealed class Consumer(IBrokerConsumer inner) : DecoratedConsumer(inner);
}
