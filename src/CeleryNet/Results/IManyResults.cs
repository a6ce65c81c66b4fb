namespace CeleryNet.Results;

/// <summary>
/// Optional power of a result store: looks at many tasks in one request, and watches them by one subscription. A store without it is asked for each task. Thread-safe.
/// </summary>
public interface IManyResults
{
    /// <summary>The newest states, in the order of the ids; <c>null</c> where none is stored.</summary>
    /// <param name="taskIds">The tasks.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    ValueTask<IReadOnlyList<TaskResult?>> GetManyAsync(IReadOnlyList<string> taskIds, CancellationToken cancellationToken);

    /// <summary>As <see cref="IResultBackend.SubscribeAsync"/>, for many tasks at once.</summary>
    /// <param name="taskIds">The tasks.</param>
    /// <param name="observer">Told every state of any of them; quick, and by several threads at once.</param>
    /// <param name="cancellationToken">Stops the wait; nothing stays subscribed then.</param>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    ValueTask<IAsyncDisposable> SubscribeManyAsync(IReadOnlyList<string> taskIds, Action<TaskResult> observer, CancellationToken cancellationToken);
}
