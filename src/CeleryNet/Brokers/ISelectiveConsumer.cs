namespace CeleryNet.Brokers;

/// <summary>Optional power of a consumer: takes up queues and leaves them while it consumes. Thread-safe.</summary>
public interface ISelectiveConsumer
{
    /// <summary>Consumes one more queue, declared before. Adding one that is consumed already is harmless. While the connection is away it is noted, and done with the next one.</summary>
    /// <exception cref="TaskQueueConfigurationException">The queue exists with other arguments; it is not consumed then.</exception>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached; it is not consumed then.</exception>
    ValueTask AddQueueAsync(QueueDefinition queue, CancellationToken cancellationToken);

    /// <summary>
    /// Stops fetching from a queue and returns what nobody has read of it, not as a redelivery where the broker can tell. What was read can still be settled. Leaving one that is not consumed is
    /// harmless. What waits unread of other queues may change its order.
    /// </summary>
    ValueTask CancelQueueAsync(string queue, CancellationToken cancellationToken);
}
