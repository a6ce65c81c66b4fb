namespace CeleryNet.Worker;

/// <summary>The time in which a task has the worker for itself. Ends once: when it is disposed, or when it has lasted too long. Thread-safe.</summary>
internal sealed class LoneTurn : IDisposable
{
    private readonly Action _ended;
    private readonly ITimer _timer;
    private int _hasEnded;

    internal LoneTurn(Action ended, TimeSpan longest, TimeProvider time)
    {
        _ended = ended;
        _timer = time.CreateTimer(static state => ((LoneTurn)state!).End(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(longest, Timeout.InfiniteTimeSpan); // not before the field is set
    }

    public void Dispose()
    {
        _timer.Dispose();
        End();
    }

    private void End()
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) == 0) _ended();
    }
}
