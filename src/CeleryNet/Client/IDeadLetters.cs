namespace CeleryNet;

/// <summary>
/// The tasks that workers gave up: those that killed their worker too often, that nobody could read or had a handler for, that rejected themselves, or that failed and asked to be kept. Each
/// queue has its own, in the queue <c>&lt;name&gt;.dead</c>. Injected as a singleton; thread-safe.
/// </summary>
/// <remarks>A queue with a dead-letter exchange of its own (RabbitMQ's <c>x-dead-letter-exchange</c>) keeps them there instead, out of sight of this interface.</remarks>
public interface IDeadLetters
{
    /// <summary>How many dead letters a queue has.</summary>
    /// <param name="queue">Name of the queue that the tasks were in.</param>
    /// <param name="cancellationToken">Stops the wait for the broker.</param>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    Task<long> CountAsync(string queue, CancellationToken cancellationToken = default);

    /// <summary>The oldest dead letters of a queue. They stay where they are.</summary>
    /// <param name="queue">Name of the queue that the tasks were in.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Stops the wait for the broker.</param>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    Task<IReadOnlyList<DeadLetter>> ListAsync(string queue, int limit = 100, CancellationToken cancellationToken = default);

    /// <summary>
    /// Sends dead letters back to the queue they came from, to run as if sent anew: under the same id and with the same arguments, but with no retries or starts counted, and without eta and
    /// expiry. Each is confirmed before it leaves the dead letters: a crash in between sends one of them twice, and loses none.
    /// </summary>
    /// <param name="queue">Name of the queue that the tasks were in.</param>
    /// <param name="filter">Which ones; <c>null</c> for all.</param>
    /// <param name="limit">How many dead letters to look at, the oldest first.</param>
    /// <param name="cancellationToken">Stops between two tasks.</param>
    /// <returns>How many were sent.</returns>
    /// <exception cref="PublishException">The broker did not take one; it and all after it stay dead letters.</exception>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    Task<int> ReplayAsync(string queue, Func<DeadLetter, bool>? filter = null, int limit = int.MaxValue, CancellationToken cancellationToken = default);

    /// <summary>Removes all dead letters of a queue.</summary>
    /// <param name="queue">Name of the queue that the tasks were in.</param>
    /// <param name="cancellationToken">Stops the wait for the broker.</param>
    /// <returns>How many were removed.</returns>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    Task<long> PurgeAsync(string queue, CancellationToken cancellationToken = default);
}
