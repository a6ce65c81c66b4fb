namespace CeleryNet.Tasks;

/// <summary>
/// The token of one task and why it was cancelled. The token is made when somebody asks for it, so that a task that does not costs nothing. Thread-safe.
/// </summary>
public sealed class TaskCancellation : IDisposable
{
    private Lock? _lock; // made with the first use: most tasks neither ask for the token nor are cancelled
    private CancellationTokenSource? _source;
    private volatile TaskCancelReason _reason; // changed under the lock; every run asks for it once
    private Task _callbacks = Task.CompletedTask;

    /// <summary>The token.</summary>
    public CancellationToken Token
    {
        get
        {
            lock (Gate)
            {
                _source ??= new CancellationTokenSource();
                if (_reason != TaskCancelReason.None && !_source.IsCancellationRequested) _source.Cancel(); // new, so nobody has registered yet
                return _source.Token;
            }
        }
    }

    /// <summary>Why it was cancelled.</summary>
    public TaskCancelReason Reason => _reason;

    /// <summary>Ends when what the task registered on the token has run after <see cref="Cancel"/>; carries what it threw. Completed while the token is not cancelled.</summary>
    internal Task Callbacks
    {
        get
        {
            lock (Gate) return _callbacks;
        }
    }

    private Lock Gate => Volatile.Read(ref _lock) ?? Interlocked.CompareExchange(ref _lock, new Lock(), null) ?? _lock;

    /// <summary>
    /// Cancels the token. The first reason stays. Returns at once: what the task registered on the token, and what of it waits for the token, goes on on other threads, so that a task
    /// cannot hold up whoever cancels it.
    /// </summary>
    public void Cancel(TaskCancelReason reason)
    {
        lock (Gate)
        {
            if (_reason != TaskCancelReason.None) return;
            _reason = reason;
            if (_source is not null) _callbacks = _source.CancelAsync(); // runs nothing on this thread, so the lock is not held across foreign code
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Volatile.Read(ref _lock) is not { } gate) return; // so there is no source
        lock (gate)
        {
            _source?.Dispose();
            _source = null;
        }
    }
}
