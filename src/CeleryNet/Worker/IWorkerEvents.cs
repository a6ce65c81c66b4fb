namespace CeleryNet;

/// <summary>
/// What happens in a worker, for the host's own code: Celery's signals of the same names. Implement what is of interest and register it, any number of times: <c>queue.AddWorkerEvents&lt;T&gt;()</c>.
/// Listeners are singletons, called one after the other in the order of their registration and awaited, so they should be quick; <see cref="IAsyncDisposable"/> and scopes are their own affair.
/// What one throws is logged and changes nothing.
/// </summary>
/// <remarks>
/// For each run: prerun; then, when its end is stored and before its message is settled or another one takes its place, success, failure or retry where it ended so, and postrun. A task that never ran, since it was revoked,
/// expired or unknown, has none of them. After a crash a task runs again, with all its events.
/// </remarks>
public interface IWorkerEvents
{
    /// <summary>The worker consumes from now on.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="cancellationToken">Cancelled when the worker gives up on what is unfinished.</param>
    ValueTask WorkerReadyAsync(WorkerNotice worker, CancellationToken cancellationToken) => default;

    /// <summary>The worker begins to stop; running tasks may still go on.</summary>
    /// <inheritdoc cref="WorkerReadyAsync"/>
    ValueTask WorkerStoppingAsync(WorkerNotice worker, CancellationToken cancellationToken) => default;

    /// <summary>A task is about to run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Cancelled when the worker gives up on what is unfinished.</param>
    ValueTask TaskPrerunAsync(TaskRunNotice run, CancellationToken cancellationToken) => default;

    /// <summary>A run has ended, in whatever way; <see cref="TaskRunNotice.State"/> says how.</summary>
    /// <inheritdoc cref="TaskPrerunAsync"/>
    ValueTask TaskPostrunAsync(TaskRunNotice run, CancellationToken cancellationToken) => default;

    /// <summary>A task has succeeded.</summary>
    /// <inheritdoc cref="TaskPrerunAsync"/>
    ValueTask TaskSuccessAsync(TaskRunNotice run, CancellationToken cancellationToken) => default;

    /// <summary>A task has failed for good, also by its hard time limit.</summary>
    /// <inheritdoc cref="TaskPrerunAsync"/>
    ValueTask TaskFailureAsync(TaskRunNotice run, CancellationToken cancellationToken) => default;

    /// <summary>A task has failed and will be published again for its next attempt.</summary>
    /// <inheritdoc cref="TaskPrerunAsync"/>
    ValueTask TaskRetryAsync(TaskRunNotice run, CancellationToken cancellationToken) => default;
}
