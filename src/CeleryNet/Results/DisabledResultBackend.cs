using CeleryNet.Diagnostics;

namespace CeleryNet.Results;

/// <summary>Keeps nothing: for hosts where nobody asks for results. Asking is an error that says so.</summary>
public sealed class DisabledResultBackend : IResultBackend
{
    /// <inheritdoc/>
    public string Address => "disabled://";

    /// <inheritdoc/>
    public bool IsEnabled => false;

    /// <inheritdoc/>
    public ValueTask StoreAsync(TaskResult result, ReplyAddress reply, CancellationToken cancellationToken) => default;

    /// <inheritdoc/>
    /// <exception cref="TaskQueueException">Always.</exception>
    public ValueTask<TaskResult?> GetAsync(string taskId, CancellationToken cancellationToken) => throw Disabled(taskId);

    /// <inheritdoc/>
    /// <exception cref="TaskQueueException">Always.</exception>
    public ValueTask<IAsyncDisposable> SubscribeAsync(string taskId, Action<TaskResult> observer, CancellationToken cancellationToken) => throw Disabled(taskId);

    /// <inheritdoc/>
    public ValueTask ForgetAsync(string taskId, CancellationToken cancellationToken) => default;

    /// <inheritdoc/>
    public ValueTask<string?> OpenReplyQueueAsync(CancellationToken cancellationToken) => new((string?)null);

    /// <inheritdoc/>
    public ValueTask PingAsync(CancellationToken cancellationToken) => default;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;

    internal static TaskQueueException Disabled(string taskId) => new(
        ErrorCodes.ResultsDisabled,
        $"The result of task {Printable.Limit(taskId)} cannot be read because results are disabled. Call UseResults(\"redis://…\") or set TaskQueue:Results.");
}
