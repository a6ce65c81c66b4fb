using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Results;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>
/// Ends a task. The order is the promise: result stored, then settled. A crash in between runs the task again; it never loses it.
/// </summary>
internal sealed class Finisher(IResultBackend results, TimeProvider time, Random random, ILogger logger)
{
    private int _waitingForStore;

    /// <summary>True while a result waits for a store that did not take it.</summary>
    internal bool IsStoreDown => Volatile.Read(ref _waitingForStore) > 0;

    /// <summary>Stores the verdict's state and settles the message. A store that is down is waited for; a worker that stops meanwhile gives the task back.</summary>
    internal ValueTask FinishAsync(TaskRequest request, Verdict verdict, CancellationToken stopping)
    {
        if (verdict.State is null || !IsWanted(request)) return SettleAsync(request, verdict.Settlement);
        var result = new TaskResult
        {
            TaskId = request.Message.Id!,
            State = verdict.State,
            Value = verdict.Value,
            Error = verdict.Error,
            Traceback = verdict.Traceback,
            DateDone = time.GetUtcNow(),
            GroupId = request.Message.GroupId,
            ParentId = request.Message.ParentId,
        };
        return StoreAndSettleAsync(request, result, verdict.Settlement, stopping);
    }

    /// <summary>Stores that the task began. Only tells; a store that does not answer is logged and not waited for.</summary>
    internal async ValueTask StoreStartedAsync(TaskRequest request, ReadOnlyMemory<byte> value, CancellationToken stopping)
    {
        var result = new TaskResult
        {
            TaskId = request.Message.Id!,
            State = TaskStates.Started,
            Value = value,
            GroupId = request.Message.GroupId,
            ParentId = request.Message.ParentId,
        };
        try
        {
            await results.StoreAsync(result, ReplyTo(request), stopping).ConfigureAwait(false);
        }
        catch (TaskQueueException error)
        {
            Log.StateNotStored(logger, result.TaskId, result.State, error);
        }
    }

    /// <summary>True when somebody may ask for the result.</summary>
    internal bool IsWanted(TaskRequest request) => results.IsEnabled && !request.IgnoresResult && !string.IsNullOrEmpty(request.Message.Id);

    private async ValueTask StoreAndSettleAsync(TaskRequest request, TaskResult result, Settlement settlement, CancellationToken stopping)
    {
        bool isStored;
        try
        {
            await results.StoreAsync(result, ReplyTo(request), stopping).ConfigureAwait(false);
            isStored = true;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            isStored = false;
        }
        catch (TaskQueueException error)
        {
            isStored = await StoreAgainAsync(request, result, error, stopping).ConfigureAwait(false);
        }

        await SettleAsync(request, isStored ? settlement : Settlement.Requeue).ConfigureAwait(false);
    }

    // Acknowledged without its result the task would be lost to whoever waits (celery/celery#537).
    private async ValueTask<bool> StoreAgainAsync(TaskRequest request, TaskResult result, TaskQueueException error, CancellationToken stopping)
    {
        var backoff = new Backoff(random);
        Interlocked.Increment(ref _waitingForStore);
        try
        {
            while (true)
            {
                Log.ResultNotStored(logger, result.TaskId, result.State, results.Address, error);
                await Task.Delay(backoff.Next(), time, stopping).ConfigureAwait(false);
                try
                {
                    await results.StoreAsync(result, ReplyTo(request), stopping).ConfigureAwait(false);
                    return true;
                }
                catch (TaskQueueException again)
                {
                    error = again;
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _waitingForStore);
        }
    }

    // The settlement of a finished task is never given up: stopping waits for it.
    private static ValueTask SettleAsync(TaskRequest request, Settlement settlement)
    {
        return request.TakeForSettlement() is { } delivery ? request.Consumer.SettleAsync(delivery, settlement, CancellationToken.None) : default;
    }

    private static ReplyAddress ReplyTo(TaskRequest request) => new(request.Message.ReplyTo, request.Message.CorrelationId);
}
