using CeleryNet.Brokers;
using CeleryNet.Diagnostics;

namespace CeleryNet.Worker;

internal sealed partial class TaskWorker
{
    // Together with ShutdownTimeout and CancelTimeout within the 30 s that hosts allow.
    private static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StoreLimit = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan ReturnLimit = TimeSpan.FromSeconds(1.5);

    // The same in a hurry, where 3 s have to be enough for all.
    private static readonly TimeSpan HurriedFetchLimit = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan HurriedCancelLimit = TimeSpan.FromSeconds(1.2);
    private static readonly TimeSpan HurriedReturnLimit = TimeSpan.FromSeconds(0.6);

    private readonly CancellationTokenSource _hurry = new();
    private readonly Lock _stopGate = new();
    private Task? _stop;

    /// <summary>
    /// Stops in the phases that <see cref="WorkerOptions.ShutdownTimeout"/> describes: stop fetching, drain, cancel, return what is unfinished. A worker stops once: whoever asks again waits for
    /// the same stop, and may hurry it. A host asks twice when somebody calls its <c>StopAsync</c> while another waits for its shutdown.
    /// </summary>
    /// <param name="hurry">Cancelled when there is no time left to wait for running tasks.</param>
    internal async Task StopAsync(CancellationToken hurry)
    {
        Task stop;
        using var hurried = hurry.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _hurry); // first, since a stop may begin hurried
        lock (_stopGate) stop = _stop ??= StopOnceAsync(_hurry.Token);
        await stop.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        await _events.DisposeAsync().ConfigureAwait(false);
        _loopsStop.Dispose();
        _finishStop.Dispose();
        _hurry.Dispose();
    }

    private async Task StopOnceAsync(CancellationToken hurry)
    {
        var start = _time.GetTimestamp();
        _queues.Close();
        var waiting = _ready.Close(); // from here on nothing starts
        await _loopsStop.CancelAsync().ConfigureAwait(false);
        if (_consumer is { } consumer)
        {
            var told = _listeners?.StoppingAsync().AsTask() ?? Task.CompletedTask;
            await PhaseAsync("stop fetching", Task.WhenAll(StopFetchingAsync(consumer, waiting), told), FetchLimit, HurriedFetchLimit, hurry).ConfigureAwait(false);
            await EndRunningAsync(start, hurry).ConfigureAwait(false);
        }

        if (_consumer is null && _controlSubscription is null) return;
        await PhaseAsync("return", ReturnAsync(_consumer, _controlSubscription, _events), ReturnLimit, HurriedReturnLimit, hurry).ConfigureAwait(false);
        (_consumer, _controlSubscription) = (null, null);
        Log.WorkerStopped(_logger, _options.NodeName);
    }

    // Fetching ends before anything is given back, or it would come straight back.
    private async Task StopFetchingAsync(IBrokerConsumer consumer, List<TaskRequest> waiting)
    {
        await consumer.StopAsync(CancellationToken.None).ConfigureAwait(false);
        waiting.AddRange(_hold.Close());
        waiting.AddRange(_late.Close());
        foreach (var request in waiting) await _endings.EndAsync(request, Verdict.Requeued, null, null, CancellationToken.None).ConfigureAwait(false);
        Log.WorkerStopping(_logger, _options.NodeName, _running.Count, waiting.Count);

        await _mingle.ConfigureAwait(false);
        await Task.WhenAll(_helpers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // cancelled: that is how they end
        await _intake.ConfigureAwait(false);
        await _waiting.CompleteAsync().ConfigureAwait(false);
    }

    private async Task EndRunningAsync(long start, CancellationToken hurry)
    {
        var running = EndAllAsync();
        var drain = _options.ShutdownTimeout - _time.GetElapsedTime(start);
        if (!await EndsWithinAsync(running, drain > TimeSpan.Zero ? drain : TimeSpan.Zero, hurry).ConfigureAwait(false))
        {
            if (hurry.IsCancellationRequested) Log.WorkerHurries(_logger, _options.NodeName, _running.Count);
            else Log.WorkerCancels(_logger, _options.NodeName, _running.Count, _options.ShutdownTimeout.TotalSeconds);
            _running.Cancel(TaskCancelReason.Shutdown, static _ => true);
            if (!await EndsWithinAsync(running, _options.CancelTimeout, hurry).ConfigureAwait(false) && hurry.IsCancellationRequested)
                await EndsWithinAsync(running, Shorter(_options.CancelTimeout, HurriedCancelLimit), CancellationToken.None).ConfigureAwait(false);
        }

        await _finishStop.CancelAsync().ConfigureAwait(false); // whoever still waits for a result store gives its task back
        await EndsWithinAsync(running, StoreLimit, CancellationToken.None).ConfigureAwait(false);
        await _permitLoop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // cancelled: that is how it ends
        if (_running.Count is > 0 and var left) Log.WorkerLeaves(_logger, _options.NodeName, left);
    }

    // What runs, and what has run but is not stored or settled yet. Not what ran into its hard limit: that has ended for everybody else.
    private async Task EndAllAsync()
    {
        await Task.WhenAll(_slots.CompleteAsync(), _intake).ConfigureAwait(false);
        await _endings.CompleteAsync().ConfigureAwait(false);
        if (_permits is not null) await _permits.CompleteAsync().ConfigureAwait(false);
        if (_uniqueKeys is not null) await _uniqueKeys.CompleteAsync().ConfigureAwait(false);
    }

    // Flushes settlements and returns what is unsettled, while monitors are told that the worker leaves.
    private static async Task ReturnAsync(IBrokerConsumer? consumer, IAsyncDisposable? control, WorkerEventSender events)
    {
        var telling = events.StopAsync();
        if (consumer is not null) await consumer.DisposeAsync().ConfigureAwait(false);
        if (control is not null) await control.DisposeAsync().ConfigureAwait(false);
        await telling.ConfigureAwait(false);
    }

    // A broker that does not answer must not keep the worker: what it was not told it finds out by the lost connection.
    private async Task PhaseAsync(string name, Task phase, TimeSpan limit, TimeSpan hurriedLimit, CancellationToken hurry)
    {
        try
        {
            if (await EndsWithinAsync(phase, limit, hurry).ConfigureAwait(false)) return;
            if (hurry.IsCancellationRequested && await EndsWithinAsync(phase, hurriedLimit, CancellationToken.None).ConfigureAwait(false)) return;
            Log.StopPhaseSlow(_logger, _options.NodeName, name, (hurry.IsCancellationRequested ? hurriedLimit : limit).TotalSeconds);
        }
        catch (Exception error)
        {
            Log.LoopRoundFailed(_logger, name, error);
        }
    }

    private async Task<bool> EndsWithinAsync(Task task, TimeSpan timeout, CancellationToken hurry)
    {
        try
        {
            await task.WaitAsync(timeout, _time, hurry).ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException && !task.IsFaulted)
        {
            return task.IsCompletedSuccessfully;
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
