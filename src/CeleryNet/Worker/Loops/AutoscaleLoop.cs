using CeleryNet.Diagnostics;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker.Loops;

/// <summary>
/// Lets as many tasks run at once as there is work for, between a least and a most number, by the rule of Celery's autoscaler: looked at each second, more at once, fewer only when nothing was
/// added for 30 seconds. Thread-safe.
/// </summary>
internal sealed class AutoscaleLoop(WorkerPool pool, ReadyQueue ready, RunningTasks running, int min, int max, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private int _min = min;
    private int _max = max;
    private long _lastGrown;

    /// <summary>The least and the most number.</summary>
    internal (int Min, int Max) Range
    {
        get
        {
            lock (_lock) return (_min, _max);
        }
    }

    /// <summary>How many tasks run or could run at once if there was room.</summary>
    internal int Load => ready.Count + running.Count;

    internal async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false)) RunOnce();
    }

    internal void RunOnce()
    {
        lock (_lock)
        {
            var load = Load;
            var current = pool.Concurrency;
            var wanted = Math.Clamp(load, _min, _max);
            if (wanted > current)
            {
                _lastGrown = time.GetTimestamp();
                Resize(wanted);
            }
            else if (wanted < current && time.GetElapsedTime(_lastGrown) >= KeepAlive)
            {
                Resize(wanted);
            }
        }
    }

    /// <summary>Changes the range; <c>null</c> keeps a bound.</summary>
    /// <returns>The new range.</returns>
    internal (int Min, int Max) Update(int? min, int? max)
    {
        lock (_lock)
        {
            (_min, _max) = (min ?? _min, max ?? _max);
            if (_min > _max) (_min, _max) = min is null ? (_max, _max) : (_min, _min); // what was asked for wins
            if (pool.Concurrency > _max) Resize(_max);
            if (pool.Concurrency < _min) Resize(_min);
            return (_min, _max);
        }
    }

    private void Resize(int wanted)
    {
        pool.Resize(wanted);
        Log.PoolScaled(logger, wanted, Load);
    }
}
