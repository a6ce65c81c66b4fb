using System.Diagnostics.CodeAnalysis;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.Results;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>
/// Stores results, as often as it takes. While the store is away one task at a time finds out whether it is back and all others wait for that, since thousands that ask by themselves would be a
/// load of their own. Thread-safe.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The semaphore holds no handle, and a late task may still wait for it.")]
internal sealed class StoreLine(IResultBackend results, Unstored unstored, TimeProvider time, Random random, ILogger logger)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Backoff _backoff = new(random); // of whoever has the turn
    private volatile bool _isAway;

    /// <summary>True while the store cannot be reached.</summary>
    internal bool IsAway => _isAway;

    /// <summary>Returns when the result is stored. Acknowledged without it the task would be lost to whoever waits (celery/celery#537).</summary>
    /// <returns>False when the worker gave up first.</returns>
    internal async ValueTask<bool> StoreAsync(TaskRequest request, TaskResult result, CancellationToken stopping)
    {
        if (!_isAway)
        {
            // Nearly always it ends here, in one state machine.
            try
            {
                await results.StoreAsync(result, request.ReplyTo, stopping).ConfigureAwait(false);
                return true;
            }
            catch (TaskQueueException error)
            {
                Failed(result, error);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return false;
            }
        }

        return await RepeatAsync(request, result, stopping).ConfigureAwait(false);
    }

    private async ValueTask<bool> RepeatAsync(TaskRequest request, TaskResult result, CancellationToken stopping)
    {
        try
        {
            unstored.TryAdd(request);
            var own = new Backoff(random); // for a result that the store refuses while it takes others: those must not be held up by it
            if (!_isAway) await Task.Delay(own.Next(), time, stopping).ConfigureAwait(false);
            while (true)
            {
                if (await WaitAsync(request, result, stopping).ConfigureAwait(false) || await TryAsync(request, result, stopping).ConfigureAwait(false)) return true;
                await Task.Delay(own.Next(), time, stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    // Returns when the store is not away; true when it took this result. Whoever found it away goes to the end of the line, so that no single result decides.
    private async ValueTask<bool> WaitAsync(TaskRequest request, TaskResult result, CancellationToken stopping)
    {
        while (_isAway)
        {
            await _turn.WaitAsync(stopping).ConfigureAwait(false);
            try
            {
                if (!_isAway) return false;
                await Task.Delay(_backoff.Next(), time, stopping).ConfigureAwait(false);
                if (!await TryAsync(request, result, stopping).ConfigureAwait(false)) continue;
                _backoff.Reset();
                _isAway = false;
                return true;
            }
            finally
            {
                _turn.Release();
            }
        }

        return false;
    }

    private async ValueTask<bool> TryAsync(TaskRequest request, TaskResult result, CancellationToken stopping)
    {
        try
        {
            await results.StoreAsync(result, request.ReplyTo, stopping).ConfigureAwait(false);
            return true;
        }
        catch (TaskQueueException error)
        {
            Failed(result, error);
            return false;
        }
    }

    private void Failed(TaskResult result, TaskQueueException error)
    {
        if (error is BrokerUnavailableException) _isAway = true;
        Log.ResultNotStored(logger, result.TaskId, result.State, results.Address, error);
    }
}
