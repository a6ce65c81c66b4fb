namespace CeleryNet.Worker;

/// <summary>
/// Decides how many messages a worker holds: enough that short tasks never wait for the broker, few enough that long ones are left to other workers. Fed with every run;
/// thread-safe.
/// </summary>
internal sealed class PrefetchGovernor
{
    /// <summary>What a worker holds is done in about this time.</summary>
    private const double WindowSeconds = 0.1;

    private const int PerSlot = 4; // Celery's worker_prefetch_multiplier
    private const int Most = 1000;

    // Weight of the newest run: about the last 32 count, so that a burst of another kind shows within a few milliseconds.
    private const double NewestWeight = 1.0 / 32;

    private int _concurrency;
    private readonly int? _fixed;
    private readonly Lock _lock = new();
    private double _averageSeconds = double.NaN;
    private int _current;
    private long _runs;

    internal PrefetchGovernor(int concurrency, int? fixedCount)
    {
        _concurrency = concurrency;
        _fixed = fixedCount;
        _current = fixedCount ?? Floor;
    }

    private int Floor => Math.Min(_concurrency * PerSlot, ushort.MaxValue);

    /// <summary>The number in force.</summary>
    internal int Current
    {
        get
        {
            lock (_lock) return _current;
        }
    }

    /// <summary>Says how many tasks run at once from now on.</summary>
    internal void SetConcurrency(int concurrency)
    {
        lock (_lock)
        {
            _concurrency = concurrency;
            if (_fixed is null) _current = Math.Clamp(_current, Floor, Math.Max(Floor, Most));
        }
    }

    /// <summary>How many runs were noted so far.</summary>
    internal long Runs => Interlocked.Read(ref _runs);

    /// <summary>Forgets what it learned: nothing runs, and what comes next may be of another kind.</summary>
    internal void Reset()
    {
        lock (_lock)
        {
            _averageSeconds = double.NaN;
            _current = _fixed ?? Floor;
        }
    }

    /// <summary>Notes a task that still runs, where it alone says that tasks are not short.</summary>
    /// <returns>True when <see cref="Current"/> changed.</returns>
    internal bool ObserveRunning(TimeSpan elapsed) => elapsed.TotalSeconds > WindowSeconds && Observe(elapsed);

    /// <summary>Notes how long a task ran.</summary>
    /// <returns>True when <see cref="Current"/> changed.</returns>
    internal bool Observe(TimeSpan elapsed)
    {
        Interlocked.Increment(ref _runs);
        if (_fixed is not null) return false;
        lock (_lock)
        {
            var seconds = elapsed.TotalSeconds;
            // A task that alone fills the window ends the growth at once; forgetting it again takes the usual number of short ones.
            if (double.IsNaN(_averageSeconds) || seconds > WindowSeconds) _averageSeconds = Math.Max(seconds, double.IsNaN(_averageSeconds) ? 0 : _averageSeconds);
            else _averageSeconds += (seconds - _averageSeconds) * NewestWeight;

            var wanted = (int)Math.Clamp(_concurrency * WindowSeconds / Math.Max(_averageSeconds, 1e-7), Floor, Math.Max(Floor, Most));
            // Small steps are not worth a round trip; shrinking to the floor always is.
            var isWorthIt = wanted == Floor ? _current != Floor : wanted > _current * 5 / 4 || wanted < _current * 3 / 4;
            if (!isWorthIt) return false;
            _current = wanted > _current ? Math.Min(wanted, _current * 2) : wanted;
            return true;
        }
    }
}
