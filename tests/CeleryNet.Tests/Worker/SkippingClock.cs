namespace CeleryNet.Tests.Worker;

/// <summary>
/// A clock for waits that follow one another: while <see cref="IsSkipping"/> every wait ends at once and moves the clock by its whole length, so that the time something may take at most is known
/// exactly. Before, no wait ends.
/// </summary>
internal sealed class SkippingClock : TimeProvider
{
    private long _ticks;
    private volatile bool _isSkipping;

    internal bool IsSkipping
    {
        get => _isSkipping;
        set => _isSkipping = value;
    }

    internal TimeSpan Elapsed => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(Interlocked.Read(ref _ticks));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(SkippingClock clock, TimerCallback callback, object? state) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (!clock.IsSkipping || dueTime == Timeout.InfiniteTimeSpan) return true;
            Interlocked.Add(ref clock._ticks, dueTime.Ticks);
            return ThreadPool.UnsafeQueueUserWorkItem(_ => callback(state), null);
        }

        public void Dispose() { }

        public ValueTask DisposeAsync() => default;
    }
}
