namespace CeleryNet.Brokers;

/// <summary>Optional power of a broker: looks into queues from outside, for dead letters, tools and dashboards. A queue that does not exist is an empty one.</summary>
public interface IQueueBrowser
{
    /// <summary>How many messages are ready to be delivered.</summary>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    ValueTask<long> CountAsync(string queue, CancellationToken cancellationToken);

    /// <summary>How many messages are ready, held by workers and delayed, as far as the broker can tell. The numbers are not of one moment while messages move.</summary>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    ValueTask<QueueCounts> InspectAsync(string queue, CancellationToken cancellationToken);

    /// <summary>The names of all queues that the broker can name; empty where it can name none.</summary>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    ValueTask<IReadOnlyCollection<string>> ListAsync(CancellationToken cancellationToken);

    /// <summary>The next messages, in the order in which they would be delivered. They stay where they are, in their order.</summary>
    /// <param name="queue">Name of the queue.</param>
    /// <param name="limit">How many at most, at least 1.</param>
    /// <param name="cancellationToken">Stops the wait for the broker.</param>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    ValueTask<IReadOnlyList<Delivery>> PeekAsync(string queue, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Takes the messages that are ready now, one after the other, and ends each as <paramref name="handler"/> says. None is seen twice by one call, also when it was requeued. A message whose
    /// handler throws goes back to its place, and the exception ends the call.
    /// </summary>
    /// <param name="queue">Name of the queue.</param>
    /// <param name="limit">How many at most, at least 1.</param>
    /// <param name="handler">Decides on a message. A crash while it runs leaves the message in the queue.</param>
    /// <param name="cancellationToken">Stops between two messages.</param>
    /// <returns>How many were acknowledged.</returns>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    ValueTask<int> TakeAsync(string queue, int limit, Func<Delivery, CancellationToken, ValueTask<Settlement>> handler, CancellationToken cancellationToken);

    /// <summary>Removes every message that is ready.</summary>
    /// <returns>How many were removed.</returns>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    ValueTask<long> PurgeAsync(string queue, CancellationToken cancellationToken);

    /// <summary>Removes the messages that are ready, unless there are more of them than expected: then none. Never removes more than expected; what arrives meanwhile may stay.</summary>
    /// <param name="queue">Name of the queue.</param>
    /// <param name="most">How many may be lost, at least 0.</param>
    /// <param name="cancellationToken">Stops the wait for the broker.</param>
    /// <returns>How many were ready: more than <paramref name="most"/> when none was removed, else how many were removed.</returns>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached; some may have been removed.</exception>
    ValueTask<long> PurgeAsync(string queue, long most, CancellationToken cancellationToken);
}
