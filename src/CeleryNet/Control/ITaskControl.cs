namespace CeleryNet;

/// <summary>Steers the workers of all hosts, C# and Python, through the broker's control exchange. Injected as a singleton; thread-safe.</summary>
public interface ITaskControl
{
    /// <summary>
    /// Revokes tasks: a worker that receives one does not run it, and its state becomes REVOKED. C# workers remember it for 7 days (Python's for 3 hours); one that starts later knows it where the broker keeps
    /// revocations (Redis), or the result store does and <see cref="TaskQueueOptions.StoreRevocations"/> is on. Returns when the broker has the request; a task that has ended stays as it is,
    /// and one that waits in the broker for its eta ends when that comes.
    /// </summary>
    /// <param name="taskIds">Ids of the tasks, each of at most 255 characters.</param>
    /// <param name="terminate">
    /// True also ends those that are running: in a C# worker the task's token is cancelled, and a task that ends by it is REVOKED; a Python worker kills the process that runs it.
    /// False (default) leaves running tasks alone, as in Celery.
    /// </param>
    /// <param name="cancellationToken">Stops the wait for the broker; the request may have been sent.</param>
    /// <exception cref="TaskQueueException">The broker has no control exchange.</exception>
    /// <exception cref="BrokerUnavailableException">The broker or the store of revocations cannot be reached.</exception>
    Task RevokeAsync(IReadOnlyCollection<string> taskIds, bool terminate = false, CancellationToken cancellationToken = default);

    /// <summary>Revokes every task that carries a stamp with one of these values. Python workers know this from Celery 5.3 on.</summary>
    /// <param name="stamp">Name of the stamp, at most 255 characters.</param>
    /// <param name="values">Values, each of at most 255 characters.</param>
    /// <param name="terminate">True also ends those that are running.</param>
    /// <param name="cancellationToken">Stops the wait for the broker; the request may have been sent.</param>
    /// <inheritdoc cref="RevokeAsync"/>
    Task RevokeByStampAsync(string stamp, IReadOnlyCollection<string> values, bool terminate = false, CancellationToken cancellationToken = default);
}
