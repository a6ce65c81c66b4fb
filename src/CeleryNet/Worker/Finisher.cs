using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Results;
using CeleryNet.Worker.FollowUps;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>
/// Ends a task. The order is the promise: result stored, what follows published and confirmed, then settled. A crash in between runs the task again; it never loses it.
/// </summary>
internal sealed class Finisher(IResultBackend results, StoreLine line, IBroker broker, WorkerEventSender events, TimeProvider time, Random random, ILogger logger, WorkerListeners? listeners = null,
    FollowUpRunner? followUps = null)
{
    private int _heldUp;

    /// <summary>True while a task cannot be ended, since result store or broker do not take what has to be kept first.</summary>
    internal bool IsHeldUp => line.IsAway || Volatile.Read(ref _heldUp) > 0 || followUps?.IsHeldUp == true;

    /// <summary>Stores the verdict's state, settles the message and tells monitors. A store that is down is waited for; a worker that stops meanwhile gives the task back.</summary>
    internal ValueTask FinishAsync(TaskRequest request, Verdict verdict, CancellationToken stopping)
    {
        if (!events.Switch.IsOn) return StoreAndEndAsync(request, verdict, stopping);
        if (verdict.State != TaskStates.Retry)
        {
            var ending = StoreAndEndAsync(request, verdict, stopping);
            if (!ending.IsCompletedSuccessfully) return TellAfterAsync(ending, request, verdict);
            ending.GetAwaiter().GetResult(); // so that what may be behind it is free again
            Tell(request, verdict);
            return default;
        }

        events.Ended(request, verdict); // before the next attempt is sent, which this worker may receive at once
        return StoreAndEndAsync(request, verdict, stopping);
    }

    private async ValueTask TellAfterAsync(ValueTask ending, TaskRequest request, Verdict verdict)
    {
        await ending.ConfigureAwait(false);
        Tell(request, verdict);
    }

    private void Tell(TaskRequest request, Verdict verdict)
    {
        var wasGivenBack = request.SettledAs == Settlement.Requeue && verdict.Settlement != Settlement.Requeue; // its end was not stored
        if (!wasGivenBack) events.Ended(request, verdict);
    }

    private ValueTask StoreAndEndAsync(TaskRequest request, Verdict verdict, CancellationToken stopping)
    {
        if (request.Body.HasFollowUps || !verdict.Replacement.IsEmpty) return FollowAndEndAsync(request, verdict, stopping);
        if (verdict.State is null || !IsWanted(request, verdict.State)) return CompleteAsync(request, verdict, stopping);
        return StoreAndSettleAsync(request, ResultOf(request, verdict, verdict.State, request.Context?.Children ?? default), verdict, stopping);
    }

    // What follows is read first, since the result names it, and sent when the result is stored.
    private async ValueTask FollowAndEndAsync(TaskRequest request, Verdict verdict, CancellationToken stopping)
    {
        var isEnd = followUps is not null && !string.IsNullOrEmpty(request.Message.Id) && FollowUpRunner.IsEnd(verdict);
        var plan = isEnd ? followUps!.Plan(request, verdict, out verdict) : null; // set, where it is an end
        var own = request.Context?.Children ?? default;
        var isDone = true;
        var result = verdict.State is { } state && IsWanted(request, state) ? ResultOf(request, verdict, state, plan?.Children(own) ?? own) : null;
        var settles = listeners is null && verdict.Settlement == Settlement.Acknowledge; // they are told before it is settled
        if (plan is not null && await followUps!.TryRelayAsync(request, plan, settles, results, result, stopping).ConfigureAwait(false)) // as above
        {
            await CompleteAsync(request, verdict, stopping).ConfigureAwait(false);
            return;
        }

        if (result is not null) isDone = await line.StoreAsync(request, result, stopping).ConfigureAwait(false);
        if (isDone && isEnd) isDone = await followUps!.RunAsync(request, verdict, plan, stopping).ConfigureAwait(false); // as above
        if (!isDone && request.IsSettled) Log.FollowUpsLost(logger, request.Message.Id, request.Message.TaskName);
        await CompleteAsync(request, isDone ? verdict : Verdict.Requeued, stopping).ConfigureAwait(false);
    }

    private TaskResult ResultOf(TaskRequest request, Verdict verdict, string state, ReadOnlyMemory<byte> children) => new()
    {
        TaskId = request.Message.Id!,
        State = state,
        Value = verdict.Value,
        Error = verdict.Error,
        Traceback = verdict.Traceback,
        Children = children,
        DateDone = TaskStates.IsReady(state) ? time.GetUtcNow() : null,
        GroupId = request.Message.GroupId,
        ParentId = request.Message.ParentId,
    };

    /// <summary>Stores a state of a task that goes on. Only tells; a store that does not answer is logged and not waited for.</summary>
    internal async ValueTask TellAsync(TaskRequest request, string state, ReadOnlyMemory<byte> value, CancellationToken stopping)
    {
        var result = new TaskResult
        {
            TaskId = request.Message.Id!,
            State = state,
            Value = value,
            GroupId = request.Message.GroupId,
            ParentId = request.Message.ParentId,
        };
        try
        {
            await results.StoreAsync(result, request.ReplyTo, stopping).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException || !stopping.IsCancellationRequested)
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
        await CompleteAsync(request, isStored ? verdict : Verdict.Requeued, stopping).ConfigureAwait(false);
    }

    private ValueTask CompleteAsync(TaskRequest request, Verdict verdict, CancellationToken stopping)
    {
        if (listeners is not null && request.Context is { } context) return TellAndCompleteAsync(listeners, request, context, verdict, stopping);
        return verdict.Republish is { } next ? RepublishAndSettleAsync(request, next, verdict.Settlement, stopping) : SettleAsync(request, verdict.Settlement);
    }

    // Told before the next attempt is published, so that its events come after those of this one.
    private async ValueTask TellAndCompleteAsync(WorkerListeners told, TaskRequest request, TaskContext context, Verdict verdict, CancellationToken stopping)
    {
        await told.EndedAsync(request, context, verdict).ConfigureAwait(false);
        if (verdict.Republish is { } next) await RepublishAndSettleAsync(request, next, verdict.Settlement, stopping).ConfigureAwait(false);
        else await SettleAsync(request, verdict.Settlement).ConfigureAwait(false);
    }

    private async ValueTask RepublishAndSettleAsync(TaskRequest request, Republish next, Settlement settlement, CancellationToken stopping)
    {
        var isPublished = await PublishAsync(request.Delivery, next, stopping).ConfigureAwait(false);
        if (!isPublished && request.IsSettled) Log.RepublishLost(logger, next.Message.Id, next.Message.TaskName, next.Queue.Name);
        await SettleAsync(request, isPublished ? settlement : Settlement.Requeue).ConfigureAwait(false);
    }

    private async ValueTask<bool> PublishAsync(Delivery delivery, Republish next, CancellationToken stopping)
    {
        var route = Route.To(next.Queue);
        Backoff? backoff = null;
        try
        {
            while (true)
            {
                try
                {
                    if (delivery.KeptBodyBytes > 0 && broker is IBodyKeeper keeper) await keeper.PublishKeptAsync(delivery, next.Message, route, stopping).ConfigureAwait(false);
                    else await broker.PublishAsync(next.Message, route, stopping).ConfigureAwait(false);
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
        if (request.TakeForSettlement() is not { } delivery) return default;
        request.SettledAs = settlement;
        return request.Consumer.SettleAsync(delivery, settlement, CancellationToken.None);
    }
}
