using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Worker.Steps;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker.Loops;

/// <summary>
/// Tells the consumer how much it may hold: what the governor found out from the runs so far, plus room for what is only waiting, so that neither tasks with an eta nor
/// those whose result no store takes starve the others.
/// </summary>
internal sealed class PrefetchLoop(IBrokerConsumer consumer, PrefetchGovernor governor, RunningTasks running, HoldStep held, Unstored unstored, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100); // the governor's window: a long task is noticed while it runs

    private readonly Signal _changed = new();
    private int _told = governor.Current;
    private long _lastRuns;
    private bool _isAtRest = true;

    /// <summary>What the consumer was told last.</summary>
    internal int Told => Volatile.Read(ref _told);

    /// <summary>Says that the number may have changed.</summary>
    internal void Wake() => _changed.Set();

    internal async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            // At rest there is nothing to look at; otherwise what is running says as much as what has run.
            if (_isAtRest) await _changed.WaitAsync(stopping).ConfigureAwait(false);
            else await _changed.WaitAsync(Interval, time, stopping).ConfigureAwait(false);
            try
            {
                await RunOnceAsync(stopping).ConfigureAwait(false);
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                Log.LoopRoundFailed(logger, nameof(PrefetchLoop), error);
            }
        }
    }

    internal async ValueTask RunOnceAsync(CancellationToken stopping)
    {
        _isAtRest = running.Count == 0 && governor.Runs == _lastRuns;
        _lastRuns = governor.Runs;
        if (_isAtRest) governor.Reset();
        else governor.ObserveRunning(running.Longest());

        var wanted = Math.Min(governor.Current + held.Reserved + unstored.Count, ushort.MaxValue);
        if (wanted == _told) return;
        await consumer.SetPrefetchAsync(wanted, stopping).ConfigureAwait(false);
        _told = wanted;
    }
}
