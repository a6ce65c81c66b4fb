using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Results;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>
/// Ends a task. The order is the promise: result stored, what follows published and confirmed, then settled. A crash in between runs the task again; it never loses it.
/// </summary>
internal sealed class Finisher(IResultBackend results, StoreLine line, IBroker broker, TimeProvider time, Random random, ILogger logger)
{
    private int _heldUp;

    /// <summary>True while a task cannot be ended, since result store or broker do not take what has to be kept first.</summary>
    internal bool IsHeldUp => line.IsAway || Volatile.Read(ref _heldUp) > 0;

    /// <summary>Stores the verdict's state and settles the message. A store that is down is waited for; a worker that stops meanwhile gives the task back.</summary>
    internal ValueTask FinishAsync(TaskRequest request, Verdict verdict, CancellationToken stopping)
    {
        if (verdict.State is null || !IsWanted(request, verdict.State))
            return verdict.Republish is { } alone ? RepublishAndSettleAsync(request, alone, verdict.Settlement, stopping) : SettleAsync(request, verdict.Settlement);

        var result = new TaskResult
        {
            TaskId = request.Message.Id!,
            State = verdict.State,
            Value = verdict.Value,
            Error = verdict.Error,
            Traceback = verdict.Traceback,
            DateDone = TaskStates.IsReady(verdict.State) ? time.GetUtcNow() : null,
            GroupId = request.Message.GroupId,
            ParentId = request.Message.ParentId,
        };
        return StoreAndSettleAsync(request, result, verdict, stopping);
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
            await results.StoreAsync(result, request.ReplyTo, stopping).ConfigureAwait(false);
        }
        catch (TaskQueueException error)
        {
            Log.StateNotStored(logger, result.TaskId, result.State, error);
        }
    }

    /// <summary>True when somebody may ask for the state.</summary>
    internal bool IsWanted(TaskRequest request, string state) =>
        results.IsEnabled && !string.IsNullOrEmpty(request.Message.Id) && (!request.IgnoresResult || (request.Policy.StoreErrors == true && TaskStates.IsException(state)));

    private async ValueTask StoreAndSettleAsync(TaskRequest request, TaskResult result, Verdict verdict, CancellationToken stopping)
    {
        var isStored = await line.StoreAsync(request, result, stopping).ConfigureAwait(false);
        if (!isStored) await SettleAsync(request, Settlement.Requeue).ConfigureAwait(false);
        else if (verdict.Republish is { } next) await RepublishAndSettleAsync(request, next, verdict.Settlement, stopping).ConfigureAwait(false);
        else await SettleAsync(request, verdict.Settlement).ConfigureAwait(false);
    }

    private async ValueTask RepublishAndSettleAsync(TaskRequest request, Republish next, Settlement settlement, CancellationToken stopping)
    {
        var isPublished = await PublishAsync(next, stopping).ConfigureAwait(false);
        if (!isPublished && request.IsSettled) Log.RepublishLost(logger, next.Message.Id, next.Message.TaskName, next.Queue.Name);
        await SettleAsync(request, isPublished ? settlement : Settlement.Requeue).ConfigureAwait(false);
    }

    private async ValueTask<bool> PublishAsync(Republish next, CancellationToken stopping)
    {
        var route = Route.To(next.Queue);
        Backoff? backoff = null;
        try
        {
            while (true)
            {
                try
                {
                    await broker.PublishAsync(next.Message, route, stopping).ConfigureAwait(false);
                    return true;
                }
                catch (TaskQueueException error) when (error is PublishException or BrokerUnavailableException)
                {
                    Log.NotRepublished(logger, Printable.Limit(next.Message.Id), Printable.Limit(next.Message.TaskName), next.Queue.Name, error);
                    if (backoff is null) Interlocked.Increment(ref _heldUp);
                    backoff ??= new Backoff(random);
                    await Task.Delay(backoff.Next(), time, stopping).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            if (backoff is not null) Interlocked.Decrement(ref _heldUp);
        }
    }

    // The settlement of a finished task is never given up: stopping waits for it.
    private static ValueTask SettleAsync(TaskRequest request, Settlement settlement)
    {
        return request.TakeForSettlement() is { } delivery ? request.Consumer.SettleAsync(delivery, settlement, CancellationToken.None) : default;
    }
}
