namespace CeleryNet.Tasks;

/// <summary>
/// The token of one task and why it was cancelled. The token is made when somebody asks for it, so that a task that does not costs nothing. Thread-safe.
/// </summary>
public sealed class TaskCancellation : IDisposable
{
    private Shared? _shared; // made with the first use: most tasks neither ask for the token nor are cancelled
    private volatile TaskCancelReason _reason; // changed under the lock; every run asks for it once

    /// <summary>The token.</summary>
    public CancellationToken Token
    {
        get
        {
            var shared = SharedOfItsOwn();
            lock (shared.Gate)
            {
                var source = shared.Source ??= new CancellationTokenSource();
                if (_reason != TaskCancelReason.None && !source.IsCancellationRequested) source.Cancel(); // new, so nobody has registered yet
                return source.Token;
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
            if (Volatile.Read(ref _shared) is not { } shared) return Task.CompletedTask;
            lock (shared.Gate) return shared.Callbacks;
        }
    }

    /// <summary>
    /// Cancels the token. The first reason stays. Returns at once: what the task registered on the token, and what of it waits for the token, goes on on other threads, so that a task
    /// cannot hold up whoever cancels it.
    /// </summary>
    public void Cancel(TaskCancelReason reason)
    {
        var shared = SharedOfItsOwn();
        lock (shared.Gate)
        {
            if (_reason != TaskCancelReason.None) return;
            _reason = reason;
            if (shared.Source is { } source) shared.Callbacks = source.CancelAsync(); // runs nothing on this thread, so the lock is not held across foreign code
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Volatile.Read(ref _shared) is not { } shared) return; // so there is no source
        lock (shared.Gate)
        {
            shared.Source?.Dispose();
            shared.Source = null;
        }
    }

    private Shared SharedOfItsOwn() => Volatile.Read(ref _shared) ?? Interlocked.CompareExchange(ref _shared, new Shared(), null) ?? _shared;

    // All under its lock.
    private sealed class Shared
    {
        internal readonly Lock Gate = new();

        internal CancellationTokenSource? Source { get; set; }

        internal Task Callbacks { get; set; } = Task.CompletedTask;
    }
}
