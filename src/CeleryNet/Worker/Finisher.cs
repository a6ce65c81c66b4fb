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
        var isStored = await TryStoreAsync(request, result, stopping).ConfigureAwait(false);
        await SettleAsync(request, isStored ? settlement : Settlement.Requeue).ConfigureAwait(false);
    }

    private async ValueTask<bool> TryStoreAsync(TaskRequest request, TaskResult result, CancellationToken stopping)
    {
        Backoff? backoff = null;
        while (true)
        {
            try
            {
                await results.StoreAsync(result, ReplyTo(request), stopping).ConfigureAwait(false);
                return true;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return false;
            }
            catch (TaskQueueException error)
            {
                // Acknowledged without its result the task would be lost to whoever waits (celery/celery#537), so its slot waits with it.
                Log.ResultNotStored(logger, result.TaskId, result.State, results.Address, error);
                backoff ??= new Backoff(random);
            }

            try
            {
                await Task.Delay(backoff.Next(), time, stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }

    // The settlement of a finished task is never given up: stopping waits for it.
    private static ValueTask SettleAsync(TaskRequest request, Settlement settlement)
    {
        if (request.IsSettled) return default;
        request.IsSettled = true;
        return request.Consumer.SettleAsync(request.Delivery, settlement, CancellationToken.None);
    }

    private static ReplyAddress ReplyTo(TaskRequest request) => new(request.Message.ReplyTo, request.Message.CorrelationId);
}
