namespace CeleryNet;

/// <summary>The worker of this host. Injected as a singleton where <c>AddWorker</c> was called; thread-safe. What is changed here lasts as long as the host; other workers are not told.</summary>
public interface ITaskWorker
{
    /// <summary>The queues that the worker consumes, those that are paused included.</summary>
    IReadOnlyList<WorkerQueue> Queues { get; }

    /// <summary>
    /// Consumes one more queue, declared as the task queue's options say or else as Celery would; it shares the worker's slots, with weight 1 unless the options give it another. One that is consumed
    /// already is left as it is. Before the broker has been reached it is only noted.
    /// </summary>
    /// <param name="queue">Name of the queue.</param>
    /// <param name="cancellationToken">Stops the wait for the broker; the queue is not consumed then.</param>
    /// <exception cref="TaskQueueConfigurationException">The queue exists with other arguments.</exception>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    Task AddQueueAsync(string queue, CancellationToken cancellationToken = default);

    /// <summary>Leaves a queue: what runs of it goes on to its end, what was fetched and has not begun is back in the queue soon after this returns. One that is not consumed is left as it is.</summary>
    /// <param name="queue">Name of the queue.</param>
    /// <param name="cancellationToken">Stops the wait for the broker.</param>
    Task CancelQueueAsync(string queue, CancellationToken cancellationToken = default);
}
