namespace CeleryNet.Brokers;

/// <summary>
/// Optional power of a broker: messages to whoever listens at the moment, such as remote control and events. Nothing is kept for who does not, as in Celery. Celery protocol, RabbitMQ objects
/// and Redis fanout.
/// </summary>
public interface IBroadcaster
{
    /// <summary>Sends a message to all listeners of its exchange. Returns when the broker has it.</summary>
    /// <returns>
    /// How many listeners it went to; <c>null</c> where the broker does not tell, as RabbitMQ. Say 0 only when that is certain: a worker then leaves out lists of events that happened before.
    /// </returns>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    ValueTask<int?> BroadcastAsync(Broadcast message, CancellationToken cancellationToken);

    /// <summary>
    /// Calls <paramref name="receive"/> for every message from now on, one after the other, until the returned subscription is disposed. The subscription outlives connections: it
    /// reconnects by itself, and what was sent in between is missed. A message that cannot be read is logged and left out; a receiver that throws is logged and goes on.
    /// </summary>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    ValueTask<IAsyncDisposable> ListenAsync(BroadcastQueue queue, Func<Broadcast, CancellationToken, ValueTask> receive, CancellationToken cancellationToken);
}
