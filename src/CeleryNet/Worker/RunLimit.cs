using CeleryNet.Tasks;

namespace CeleryNet.Worker;

/// <summary>
/// Watches one run with time limits. Its timer belongs to no execution loop, so a handler that blocks its thread is caught too. Exactly one of the run's own end and the hard limit wins.
/// </summary>
internal sealed class RunLimit : IDisposable
{
    private const int Running = 0;
    private const int Ended = 1;
    private const int Exceeded = 2;

    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(40); // timers take 49.7 days at most

    private readonly TimeLimits _limits;
    private readonly TaskCancellation _cancellation;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly Action<RunLimit> _exceeded;
    private readonly ITimer _timer;
    private int _state;

    /// <summary>Starts to watch.</summary>
    /// <param name="request">The run.</param>
    /// <param name="limits">Its limits, at least one.</param>
    /// <param name="slot">Where it runs.</param>
    /// <param name="time">Timers and the monotonic clock.</param>
    /// <param name="exceeded">Called once on the timer's thread when the hard limit has won.</param>
    internal RunLimit(TaskRequest request, TimeLimits limits, Slot slot, TimeProvider time, Action<RunLimit> exceeded)
    {
        (Request, Slot, _limits, _time, _exceeded) = (request, slot, limits, time, exceeded);
        _cancellation = request.Cancellation!; // the run has begun
        _start = request.Start;
        _timer = time.CreateTimer(static state => ((RunLimit)state!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(Next(TimeSpan.Zero), Timeout.InfiniteTimeSpan);
    }

    internal TaskRequest Request { get; }

    internal Slot Slot { get; }

    /// <summary>The hard limit; asked only when it has won.</summary>
    internal TimeSpan Hard => _limits.Hard!.Value;

    /// <summary>Says that the run has ended by itself.</summary>
    /// <returns>False when the hard limit came first: whatever the run ended with is dropped.</returns>
    internal bool TryEnd() => Interlocked.CompareExchange(ref _state, Ended, Running) != Exceeded;

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var elapsed = _time.GetElapsedTime(_start);
        if (elapsed >= _limits.Hard)
        {
            if (Interlocked.CompareExchange(ref _state, Exceeded, Running) != Running) return;
            _exceeded(this);
            _cancellation.Cancel(TaskCancelReason.TimeLimit); // it may still end in peace
            return;
        }

        if (elapsed >= _limits.Soft && Volatile.Read(ref _state) == Running) _cancellation.Cancel(TaskCancelReason.TimeLimit);
        if (Next(elapsed) is { } next && next != Timeout.InfiniteTimeSpan) _timer.Change(next, Timeout.InfiniteTimeSpan);
    }

    // Rounded up, since timers count whole milliseconds.
    private TimeSpan Next(TimeSpan elapsed)
    {
        var limit = _limits.Soft is { } soft && elapsed < soft ? soft : _limits.Hard;
        if (limit is not { } at) return Timeout.InfiniteTimeSpan;
        var wait = at - elapsed + TimeSpan.FromMilliseconds(1);
        return wait < LongestTimer ? wait : LongestTimer;
    }
}
