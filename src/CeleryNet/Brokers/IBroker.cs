using CeleryNet.Messages;

namespace CeleryNet.Brokers;

/// <summary>Carries task messages. One instance per task queue, thread-safe; it connects when first used and reconnects by itself.</summary>
public interface IBroker : IAsyncDisposable
{
    /// <summary>Where the broker is, for logs and errors; passwords are masked.</summary>
    string Address { get; }

    /// <summary>Publishes one message and returns when the broker took responsibility for it.</summary>
    /// <remarks>
    /// The body must stay untouched until the call returns. Cancelling stops the wait: the message may have been taken. A message that was not written
    /// yet waits for the connection; one that was written but not confirmed is sent once more under its id.
    /// </remarks>
    /// <exception cref="PublishException">The broker did not take it within the publish timeout, refused it, or has no queue for it.</exception>
    ValueTask PublishAsync(TaskMessage message, Route route, CancellationToken cancellationToken);

    /// <summary>Publishes a batch in order, in one round trip or a pipelined one, and returns when the broker took responsibility for all.</summary>
    /// <exception cref="PublishException">Some were not taken; <see cref="PublishException.TaskIds"/> names them.</exception>
    ValueTask PublishManyAsync(IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken);

    /// <summary>Declares a queue with its exchange and binding; harmless when it exists with the same arguments.</summary>
    /// <exception cref="TaskQueueConfigurationException">It exists with other arguments.</exception>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    ValueTask DeclareAsync(QueueDefinition queue, CancellationToken cancellationToken);

    /// <summary>Starts to consume. The consumer outlives connections: it reconnects by itself until it is disposed.</summary>
    /// <exception cref="TaskQueueConfigurationException">A queue exists with other arguments.</exception>
    /// <exception cref="BrokerUnavailableException">The broker could not be reached by the first attempts.</exception>
    ValueTask<IBrokerConsumer> ConsumeAsync(ConsumerSettings settings, CancellationToken cancellationToken);

    /// <summary>Asks the broker for a sign of life.</summary>
    /// <exception cref="BrokerUnavailableException">It did not answer.</exception>
    ValueTask PingAsync(CancellationToken cancellationToken);
}
