using CeleryNet.Brokers;

namespace CeleryNet.RabbitMQ.Consuming;

/// <summary>A delivery that remembers by whom it is settled.</summary>
internal sealed class RabbitMQDelivery : Delivery
{
    internal required ConsumeSession Session { get; init; }

    internal required AckEntry Entry { get; init; }

    /// <summary>The queue it came from.</summary>
    internal required QueueDefinition Source { get; init; }

    /// <summary>True when it came with the headers of a task; of protocol 1 they are read from the body later.</summary>
    internal required bool IsProtocol2 { get; init; }
}
