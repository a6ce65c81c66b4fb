namespace CeleryNet.Results;

/// <summary>Keeps the states and results of tasks. One instance per task queue, thread-safe; it connects when first used and reconnects by itself.</summary>
public interface IResultBackend : IAsyncDisposable
{
    /// <summary>Where the store is, for logs and errors; passwords are masked.</summary>
    string Address { get; }

    /// <summary>False when nothing is kept and asking for a result is an error.</summary>
    bool IsEnabled { get; }

    /// <summary>
    /// Stores a state and tells everybody who watches. Returns when the store has it. A SUCCESS that is already there is not overwritten, as in Celery.
    /// </summary>
    /// <exception cref="BrokerUnavailableException">The store did not take it in time; the caller decides whether to try again.</exception>
    ValueTask StoreAsync(TaskResult result, ReplyAddress reply, CancellationToken cancellationToken);

    /// <summary>The newest state; <c>null</c> when none is stored, which is Celery's PENDING.</summary>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    ValueTask<TaskResult?> GetAsync(string taskId, CancellationToken cancellationToken);

    /// <summary>
    /// Calls <paramref name="observer"/> for every state stored from now on, until the returned subscription is disposed. Returns when the subscription is in place, so that
    /// a <see cref="GetAsync"/> after it closes the gap. The observer must be quick and must not throw; it may see a state twice.
    /// </summary>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    ValueTask<IAsyncDisposable> SubscribeAsync(string taskId, Action<TaskResult> observer, CancellationToken cancellationToken);

    /// <summary>Removes what is stored of the task.</summary>
    ValueTask ForgetAsync(string taskId, CancellationToken cancellationToken);

    /// <summary>
    /// Called once before the first task is sent: the queue where results for this process arrive, for the messages' <c>reply_to</c>; <c>null</c> where the store needs none.
    /// </summary>
    ValueTask<string?> OpenReplyQueueAsync(CancellationToken cancellationToken);

    /// <summary>Asks the store for a sign of life.</summary>
    /// <exception cref="BrokerUnavailableException">It did not answer.</exception>
    ValueTask PingAsync(CancellationToken cancellationToken);
}
