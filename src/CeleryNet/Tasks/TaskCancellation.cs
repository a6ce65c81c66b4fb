namespace CeleryNet.Tasks;

/// <summary>
/// The token of one task and why it was cancelled. The token is made when somebody asks for it, so that a task that does not costs nothing. Thread-safe.
/// </summary>
public sealed class TaskCancellation : IDisposable
{
    private readonly Lock _lock = new();
    private CancellationTokenSource? _source;
    private TaskCancelReason _reason;

    /// <summary>The token.</summary>
    public CancellationToken Token
    {
        get
        {
            lock (_lock)
            {
                _source ??= new CancellationTokenSource();
                if (_reason != TaskCancelReason.None && !_source.IsCancellationRequested) _source.Cancel();
                return _source.Token;
            }
        }
    }

    /// <summary>Why it was cancelled.</summary>
    public TaskCancelReason Reason
    {
        get
        {
            lock (_lock) return _reason;
        }
    }

    /// <summary>Cancels the token. The first reason stays.</summary>
    public void Cancel(TaskCancelReason reason)
    {
        CancellationTokenSource? source;
        lock (_lock)
        {
            if (_reason != TaskCancelReason.None) return;
            _reason = reason;
            source = _source;
        }

        try
        {
            source?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // the task ended in this moment
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _source?.Dispose();
            _source = null;
        }
    }
}
