using CeleryNet.Brokers;

namespace CeleryNet.RabbitMQ.Consuming;

/// <summary>A delivery that remembers by whom it is settled.</summary>
internal sealed class RabbitMQDelivery : Delivery
{
    internal required ConsumeSession Session { get; init; }

    internal required AckEntry Entry { get; init; }
}
