namespace CeleryNet.Testing;

/// <summary>
/// A clock that stands still until a test moves it. It drives etas, countdowns, retries, expiry and time limits of a <see cref="TaskQueueHarness"/>, and whatever else takes its time from a
/// <see cref="TimeProvider"/>. Its zone is UTC. Thread-safe.
/// </summary>
public sealed class VirtualTime : TimeProvider
{
    /// <summary>Where the clock stands at first, unless told otherwise: the same in every run.</summary>
    public static readonly DateTimeOffset DefaultStart = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _lock = new();
    private readonly SortedSet<VirtualTimer> _timers = new(Comparer<VirtualTimer>.Create(VirtualTimer.Compare)); // under the lock, as all below
    private readonly DateTimeOffset _start;
    private DateTimeOffset _now;
    private long _order;

    /// <summary>Creates a clock.</summary>
    /// <param name="start">Where it stands; <c>null</c> for <see cref="DefaultStart"/>.</param>
    public VirtualTime(DateTimeOffset? start = null) => _now = _start = (start ?? DefaultStart).ToUniversalTime();

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return _now;
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_lock) return (_now - _start).Ticks;
    }

    /// <summary>Moves the clock forward. Timers that come due run meanwhile, on this thread and in their order, each at its own moment.</summary>
    /// <param name="by">How far; not negative.</param>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        AdvanceTo(GetUtcNow() + by);
    }

    /// <summary>Moves the clock forward to a moment. Where it is later already, it stays.</summary>
    /// <inheritdoc cref="Advance"/>
    /// <param name="moment">The moment.</param>
    public void AdvanceTo(DateTimeOffset moment)
    {
        while (TakeDue(moment) is { } timer) timer.Run();
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Runs something at a moment, at once when that has come. Unlike a timer's, its time does not depend on when the clock was read.</summary>
    internal void At(DateTimeOffset moment, Action run)
    {
        var timer = new VirtualTimer(this, static run => ((Action)run!)(), run);
        lock (_lock)
        {
            if (moment > _now)
            {
                Add(timer, moment);
                return;
            }
        }

        timer.Run();
    }

    /// <returns>True when the timer is due now.</returns>
    internal bool Schedule(VirtualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            _timers.Remove(timer);
            timer.Period = period > TimeSpan.Zero ? period : null;
            if (dueTime == Timeout.InfiniteTimeSpan) return false;
            if (dueTime > TimeSpan.Zero)
            {
                Add(timer, Later(dueTime));
                return false;
            }

            if (timer.Period is { } again) Add(timer, Later(again));
            return true;
        }
    }

    internal void Remove(VirtualTimer timer)
    {
        lock (_lock) _timers.Remove(timer);
    }

    private VirtualTimer? TakeDue(DateTimeOffset moment)
    {
        lock (_lock)
        {
            if (_timers.Min is not { } first || first.Due > moment)
            {
                if (moment > _now) _now = moment;
                return null;
            }

            _timers.Remove(first);
            if (first.Due > _now) _now = first.Due;
            if (first.Period is { } period) Add(first, Later(period));
            return first;
        }
    }

    private void Add(VirtualTimer timer, DateTimeOffset due)
    {
        (timer.Due, timer.Order) = (due, _order++);
        _timers.Add(timer);
    }

    private DateTimeOffset Later(TimeSpan by) => by < DateTimeOffset.MaxValue - _now ? _now + by : DateTimeOffset.MaxValue;
}
