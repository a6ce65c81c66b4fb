namespace CeleryNet.Results.Memory;

/// <summary>
/// Results inside the process: the reference implementation of <see cref="IResultBackend"/>. What was stored is forgotten after <see cref="Expiry"/>, or earlier when there are
/// more than <see cref="MostKept"/>: the oldest first.
/// </summary>
internal sealed partial class MemoryResultBackend(TimeProvider time, TimeSpan? expiry = null, int mostKept = MemoryResultBackend.MostKept) : IResultBackend
{
    /// <summary>How many results are kept. 100 000 small ones are about 50 MB.</summary>
    internal const int MostKept = 100_000;

    /// <summary>How long a result is kept, as Celery's <c>result_expires</c>.</summary>
    internal static readonly TimeSpan Expiry = TimeSpan.FromDays(1);

    // Guards all three. Observers are called outside of it.
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _results = [];
    private readonly LinkedList<Entry> _byAge = []; // oldest first
    private readonly Dictionary<string, Subscription[]> _subscriptions = [];

    private readonly TimeSpan _expiry = expiry ?? Expiry;

    /// <inheritdoc/>
    public string Address => "memory://";

    /// <inheritdoc/>
    public bool IsEnabled => true;

    /// <inheritdoc/>
    public ValueTask StoreAsync(TaskResult result, ReplyAddress reply, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);
        var kept = Copy(result); // before the lock: the worker's buffers are pooled
        Subscription[] told;
        lock (_lock)
        {
            RemoveExpired();
            if (_results.TryGetValue(result.TaskId, out var known))
            {
                if (known.Value.Result.State == TaskStates.Success) return ValueTask.CompletedTask;
                _byAge.Remove(known);
            }
            else if (_results.Count >= mostKept && _byAge.First is { } oldest)
            {
                Remove(oldest);
            }

            _results[result.TaskId] = _byAge.AddLast(new Entry(kept, time.GetTimestamp()));
            told = _subscriptions.GetValueOrDefault(result.TaskId, []);
        }

        foreach (var subscription in told) subscription.Tell(kept);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<TaskResult?> GetAsync(string taskId, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            RemoveExpired();
            return ValueTask.FromResult(_results.TryGetValue(taskId, out var node) ? node.Value.Result : null);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IAsyncDisposable> SubscribeAsync(string taskId, Action<TaskResult> observer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(this, taskId, observer);
        lock (_lock) _subscriptions[taskId] = [.. _subscriptions.GetValueOrDefault(taskId, []), subscription];
        return ValueTask.FromResult<IAsyncDisposable>(subscription);
    }

    /// <inheritdoc/>
    public ValueTask ForgetAsync(string taskId, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_results.TryGetValue(taskId, out var node)) Remove(node);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<string?> OpenReplyQueueAsync(CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);

    /// <inheritdoc/>
    public ValueTask PingAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Unsubscribe(Subscription subscription)
    {
        lock (_lock)
        {
            var rest = _subscriptions.GetValueOrDefault(subscription.TaskId, []).Where(other => other != subscription).ToArray();
            if (rest.Length > 0) _subscriptions[subscription.TaskId] = rest;
            else _subscriptions.Remove(subscription.TaskId);
        }
    }

    private void RemoveExpired()
    {
        while (_byAge.First is { } oldest && time.GetElapsedTime(oldest.Value.Stored) >= _expiry) Remove(oldest);
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _results.Remove(node.Value.Result.TaskId);
        _byAge.Remove(node);
    }

    internal static TaskResult Copy(TaskResult result) => result with
    {
        Value = result.Value.ToArray(),
        Children = result.Children.ToArray(),
        Error = result.Error is { } error ? error with { Arguments = error.Arguments.ToArray() } : null,
    };

    private readonly record struct Entry(TaskResult Result, long Stored);

    private sealed class Subscription(MemoryResultBackend owner, string taskId, Action<TaskResult> observer) : IAsyncDisposable
    {
        private volatile bool _isDisposed;

        internal string TaskId => taskId;

        internal void Tell(TaskResult result)
        {
            if (!_isDisposed) observer(result);
        }

        public ValueTask DisposeAsync()
        {
            if (_isDisposed) return ValueTask.CompletedTask;
            _isDisposed = true;
            owner.Unsubscribe(this);
            return ValueTask.CompletedTask;
        }
    }
}
