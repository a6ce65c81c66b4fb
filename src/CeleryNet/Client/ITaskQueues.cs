namespace CeleryNet;

/// <summary>The queues as tools and dashboards need them: what is in them, and who may take it. Injected as a singleton; thread-safe.</summary>
public interface ITaskQueues
{
    /// <summary>
    /// The names of the queues known here, sorted: the default queue, those that options, routes, tasks and the worker of this host name, and those that the broker can name (Redis and memory;
    /// RabbitMQ cannot list its queues). Queues of dead letters are not among them.
    /// </summary>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>How many tasks of a queue are where, and whether it is paused. A queue that does not exist is an empty one.</summary>
    /// <param name="queue">Name of the queue.</param>
    /// <param name="cancellationToken">Stops the wait for the broker.</param>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    Task<QueueStatus> InspectAsync(string queue, CancellationToken cancellationToken = default);

    /// <summary>The tasks that would be delivered next. They stay where they are.</summary>
    /// <remarks>
    /// RabbitMQ has no way to look at a message without taking it for a moment, so there a task that was looked at counts as redelivered: its next start uses up one of its <c>MaxDeliveries</c>. Do
    /// not look there again and again.
    /// </remarks>
    /// <param name="queue">Name of the queue.</param>
    /// <param name="limit">How many at most, at least 1.</param>
    /// <param name="cancellationToken">Stops the wait for the broker.</param>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    Task<IReadOnlyList<QueuedTask>> PeekAsync(string queue, int limit = 100, CancellationToken cancellationToken = default);

    /// <summary>Removes the tasks that are ready, if they are no more than expected. What workers hold, what is delayed and what arrives meanwhile is not touched.</summary>
    /// <param name="queue">Name of the queue.</param>
    /// <param name="expected">How many the caller expects to lose at most, such as <see cref="QueueStatus.Ready"/> as it was shown to whoever decided.</param>
    /// <param name="cancellationToken">Stops the wait for the broker; some may have been removed.</param>
    /// <returns>How many were removed.</returns>
    /// <exception cref="PurgeRefusedException">There are more; none was removed.</exception>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    Task<long> PurgeAsync(string queue, long expected, CancellationToken cancellationToken = default);

    /// <summary>
    /// Pauses a queue for all workers until <see cref="ResumeAsync"/>: none starts a task of it, what runs ends, what was fetched goes back. It holds for workers that start later and after a restart
    /// of the broker, as far as the broker keeps what it is told. C# workers obey within a moment, or within 15 seconds when they could not be told; the Python workers that consume the queue and
    /// answer within 2 seconds are told to leave it (<c>cancel_consumer</c>): what they had fetched still runs, and one that restarts meanwhile knows nothing of the pause.
    /// </summary>
    /// <param name="queue">Name of the queue. Tasks can be sent to it as before.</param>
    /// <param name="cancellationToken">Stops the wait for the broker; the queue may be paused.</param>
    /// <exception cref="TaskQueueException">The broker cannot remember it.</exception>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    Task PauseAsync(string queue, CancellationToken cancellationToken = default);

    /// <summary>
    /// Lets a paused queue go on: C# workers take it up within a moment (15 seconds when they could not be told), and so do the Python workers that were told to leave it
    /// (<c>add_consumer</c>). One that is not paused is left as it is.
    /// </summary>
    /// <param name="queue">Name of the queue.</param>
    /// <param name="cancellationToken">Stops the wait for the broker; the queue may go on.</param>
    /// <exception cref="TaskQueueException">The broker cannot remember it.</exception>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    Task ResumeAsync(string queue, CancellationToken cancellationToken = default);
}
