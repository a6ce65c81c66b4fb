using CeleryNet.Results;

namespace CeleryNet.Chaos.Worker.Decorators;

/// <summary>Passes everything on.</summary>
public abstract class DecoratedResults(IResultBackend inner) : IResultBackend
{
    /// <inheritdoc/>
    public string Address => inner.Address;

    /// <inheritdoc/>
    public bool IsEnabled => inner.IsEnabled;

    /// <inheritdoc/>
    public virtual ValueTask StoreAsync(TaskResult result, ReplyAddress reply, CancellationToken cancellationToken) => inner.StoreAsync(result, reply, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TaskResult?> GetAsync(string taskId, CancellationToken cancellationToken) => inner.GetAsync(taskId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IAsyncDisposable> SubscribeAsync(string taskId, Action<TaskResult> observer, CancellationToken cancellationToken) =>
        inner.SubscribeAsync(taskId, observer, cancellationToken);

    /// <inheritdoc/>
    public ValueTask ForgetAsync(string taskId, CancellationToken cancellationToken) => inner.ForgetAsync(taskId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<string?> OpenReplyQueueAsync(CancellationToken cancellationToken) => inner.OpenReplyQueueAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask PingAsync(CancellationToken cancellationToken) => inner.PingAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return inner.DisposeAsync();
    }
}
