using System.Diagnostics;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using CeleryNet.Worker.FollowUps;
using CeleryNet.Worker.Steps;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>Runs one task: context, scope, handler, and what it ended with. One for all execution loops; thread-safe.</summary>
internal sealed class TaskExecutor(
    IServiceScopeFactory scopes, WireOptions wire, DiscardStep discard, UnknownTaskRule unknown, Admission admission, StartCounter starts, LoneGate gate, TimeLimitTable timeLimits, OutcomeJudge judge,
    Finisher finisher, UniqueKeys? uniqueKeys, Endings endings, QueueGate queues, PrefetchGovernor prefetch, Action prefetchChanged, StartedTasks started,
    string nodeName, IReadOnlyList<TaskFilterRegistration> filters, WorkerListeners? listeners, StateReports reports, WorkerEventSender events, FollowUpRunner? followUps, TimeProvider time, ILogger logger)
{
    // Storing a result takes about 1 ms: a tenth of this, which is what a slot may lose.
    private static readonly TimeSpan ShortRun = TimeSpan.FromMilliseconds(10);

    private readonly ReadOnlyMemory<byte> _startedValue = StartedValue(nodeName);

    /// <summary>Runs the task. Its result may still be on its way when this returns; see <see cref="Endings"/>.</summary>
    /// <returns>False when it was not begun, since another one has to be alone or the worker stops: the caller asks the gate.</returns>
    internal async ValueTask<bool> ExecuteAsync(TaskRequest request, Slot slot, CancellationToken stopping)
    {
        if (!request.Consumer.IsCurrent(request.Delivery)) return true; // another worker has it, or will have it
        if (!queues.IsOpen(request.Delivery.Queue))
        {
            await finisher.FinishAsync(request, Verdict.Requeued, stopping).ConfigureAwait(false);
            return true;
        }

        if (discard.Judge(request) is { } unwanted)
        {
            await endings.EndAsync(request, unwanted, null, null, stopping).ConfigureAwait(false);
            return true;
        }

        if (request.Handler is null)
        {
            await finisher.FinishAsync(request, unknown.Of(request), stopping).ConfigureAwait(false);
            return true;
        }

        if (Admission.IsNeeded(request))
        {
            // Whatever it holds from here on is given back by the loop, at the latest.
            if (gate.IsClosed) return false;
            if (!await admission.MayStartAsync(request, slot, stopping).ConfigureAwait(false)) return true;
        }

        if (request.Delivery.IsRedelivered || StartCounter.StartsOf(request.Message) > 0)
        {
            if (gate.IsClosed) return false; // before it is counted
            var decision = await starts.DecideAsync(request, stopping).ConfigureAwait(false);
            if (decision != StartDecision.Start) return decision == StartDecision.Ended;
            if (request.LastStart is not null && discard.Judge(request) is { } late) // it may have waited for its turn
            {
                await endings.EndAsync(request, late, null, null, stopping).ConfigureAwait(false);
                return true;
            }
        }

        var acknowledgedEarly = request.Policy.AckEarly == true;
        var isWanted = finisher.IsWanted(request, TaskStates.Success);
        var result = isWanted || request.Body.HasFollowUps ? WireBuffer.Rent() : null; // what follows gets it also where nobody may ask for it
        Verdict? ended;
        using (var cancellation = new TaskCancellation())
        {
            // From here on the task is found by its id: another delivery of its message is not run beside it.
            request.Cancellation = cancellation;
            request.Start = time.GetTimestamp();
            slot.Current = request;
            Interlocked.MemoryBarrier(); // a revocation or a gate that does not see the task in its slot is seen below
            if (gate.IsClosed && request.LastStart is null)
            {
                slot.Current = null;
                result?.Dispose();
                return false;
            }

            started.Add(request.Message.TaskName!); // a handler was found by it
            request.FollowUps = followUps;
            if (isWanted) request.Reports = reports;
            var context = request.Context = ContextOf(request, cancellation); // from here on it has begun, and its end is told
            try
            {
                uniqueKeys?.Started(request);
                if (listeners is not null) await listeners.PrerunAsync(context).ConfigureAwait(false);
                if (acknowledgedEarly) await AcknowledgeEarlyAsync(request).ConfigureAwait(false);
                if (isWanted && (request.Policy.TrackStarted == true || request.Policy.RejectOnWorkerLost == false))
                    await finisher.TellAsync(request, TaskStates.Started, _startedValue, stopping).ConfigureAwait(false);
                ended = discard.IsRevoked(request) ? Verdict.RevokedEarly : await WatchAsync(request, cancellation, result, slot, stopping).ConfigureAwait(false);
                if (ended is not null) slot.Ending(request);
            }
            finally
            {
                slot.Current = null;
                request.Pending?.Leave(slot);
            }

            if (cancellation.Reason != TaskCancelReason.None) await ObserveAsync(request, cancellation).ConfigureAwait(false);
        }

        if (ended is not { } verdict)
        {
            result?.Dispose(); // the hard limit has ended the task long ago
            return true;
        }

        // After a short task the slot is free at once: waiting would decide its rate. A longer one is ended first, since it costs next to nothing then and a kill repeats no more than
        // what ran. So it is when nothing else bounds how many results are on their way; and when the store is in trouble, as far as there is no place to wait outside the slot.
        var ending = endings.EndAsync(request, verdict, result, slot, stopping);
        if (!ending.IsCompleted && (acknowledgedEarly || finisher.IsHeldUp || request.Elapsed >= ShortRun)) await endings.LeaveAsync(request, ending).ConfigureAwait(false);
        return true;
    }

    private static async ValueTask AcknowledgeEarlyAsync(TaskRequest request)
    {
        if (request.TakeForSettlement() is not { } delivery) return;
        request.EndsAs = Settlement.Acknowledge; // should it be delivered again, it is not to run again
        await request.Consumer.SettleAsync(delivery, Settlement.Acknowledge, CancellationToken.None).ConfigureAwait(false);
    }

    // Without limits, which is nearly always, this is the run itself.
    private ValueTask<Verdict?> WatchAsync(TaskRequest request, TaskCancellation cancellation, WireBuffer? result, Slot slot, CancellationToken stopping)
    {
        request.Start = time.GetTimestamp();
        events.Started(request);
        var limits = TimeLimits.Of(request.Message, request.Policy, timeLimits);
        return limits.IsNone ? RunAsync(request, cancellation, result) : RunLimitedAsync(request, limits, cancellation, result, slot, stopping);
    }

    private async ValueTask<Verdict?> RunLimitedAsync(
        TaskRequest request, TimeLimits limits, TaskCancellation cancellation, WireBuffer? result, Slot slot, CancellationToken stopping)
    {
        using var limit = request.Limit = new RunLimit(request, limits, slot, time, limit => Exceed(limit, stopping));
        return await RunAsync(request, cancellation, result).ConfigureAwait(false);
    }

    // The task has failed, whatever it does from now on: its end is told at once, and another loop takes its place. On the timer's thread.
    private void Exceed(RunLimit limit, CancellationToken stopping)
    {
        var message = limit.Request.Message;
        Log.TimeLimitExceeded(logger, Printable.Limit(message.Id), message.TaskName, limit.Hard.TotalSeconds);
        WorkerTelemetry.TimedOut(message.TaskName!, limit.Request.Delivery.Queue); // it ran, so it has a name
        WorkerTelemetry.Processed(message.TaskName!, limit.Request.Delivery.Queue, TaskStates.Failure, limit.Hard);
        limit.Request.Elapsed = limit.Hard;
        _ = endings.EndAsync(limit.Request, judge.Failed(limit.Request, Verdict.TimeLimitExceeded(limit.Hard)), null, null, stopping); // counted there, and never fails
        limit.Request.Pending?.Leave(limit.Slot);
        limit.Slot.Abandon();
    }

    // What the task registered on its token ran on other threads; the slot is not free before that is over.
    private async ValueTask ObserveAsync(TaskRequest request, TaskCancellation cancellation)
    {
        try
        {
            await cancellation.Callbacks.ConfigureAwait(false);
        }
        catch (Exception error)
        {
            Log.CancelCallbackFailed(logger, Printable.Limit(request.Message.Id), request.Message.TaskName, error);
        }
    }

    /// <returns>How it ended; <c>null</c> when its hard time limit came first.</returns>
    private async ValueTask<Verdict?> RunAsync(TaskRequest request, TaskCancellation cancellation, WireBuffer? result)
    {
        var message = request.Message;
        var delivery = request.Delivery;
        var context = request.Context!; // made before it runs
        using var activity = WorkerTelemetry.StartProcess(message.TaskName!, message.Id, delivery.Queue, Header(message, TaskHeaders.TraceParent), Header(message, TaskHeaders.TraceState));
        Verdict verdict;
        CurrentTask.Context = context;
        try
        {
            var outcome = await InvokeAsync(request.Handler!, context, request.Body, result).ConfigureAwait(false);
            if (request.Limit?.TryEnd() == false) return LateEnd(request, null);
            request.Exception = outcome?.Error;
            verdict = outcome is null ? Verdict.Success(result?.Memory ?? default) : judge.Of(request, outcome, result?.Memory ?? default);
            if (verdict.State == TaskStates.Success) Log.TaskSucceeded(logger, message.Id, message.TaskName);
        }
        catch (Exception error) when (request.Limit?.TryEnd() == false)
        {
            return LateEnd(request, error);
        }
        catch (OperationCanceledException error) when (cancellation.Reason == TaskCancelReason.TimeLimit)
        {
            Log.SoftTimeLimitExceeded(logger, Printable.Limit(message.Id), message.TaskName);
            activity?.SetStatus(ActivityStatusCode.Error, nameof(TaskCancelReason.TimeLimit));
            verdict = judge.Of(request, request.Exception = new SoftTimeLimitException(error));
        }
        catch (OperationCanceledException) when (cancellation.Reason == TaskCancelReason.Revoked)
        {
            Log.TaskTerminated(logger, Printable.Limit(message.Id), message.TaskName);
            verdict = Verdict.Terminated;
        }
        catch (OperationCanceledException) when (cancellation.Reason == TaskCancelReason.Shutdown && !request.IsSettled)
        {
            Log.TaskGivenBack(logger, Printable.Limit(message.Id), message.TaskName);
            verdict = Verdict.Requeued;
        }
        catch (Exception error)
        {
            request.Exception = (error as TaskOutcomeException)?.Outcome.Error ?? error;
            verdict = judge.Of(request, error);
            if (verdict.State == TaskStates.Failure) Log.TaskFailed(logger, Printable.Limit(message.Id), message.TaskName, error);
            if (verdict.State is TaskStates.Failure or TaskStates.Retry) activity?.SetStatus(ActivityStatusCode.Error, (error.InnerException ?? error).GetType().Name);
        }

        var elapsed = request.Elapsed = time.GetElapsedTime(request.Start);
        WorkerTelemetry.Processed(message.TaskName!, delivery.Queue, verdict.StateName, elapsed);
        if (prefetch.Observe(elapsed)) prefetchChanged();
        return verdict;
    }

    private Verdict? LateEnd(TaskRequest request, Exception? error)
    {
        Log.RunawayEnded(logger, Printable.Limit(request.Message.Id), request.Message.TaskName, time.GetElapsedTime(request.Start).TotalSeconds, error);
        return null;
    }

    private TaskContext ContextOf(TaskRequest request, TaskCancellation cancellation)
    {
        var delivery = request.Delivery;
        var mayHaveRun = delivery.IsRedelivered || StartCounter.StartsOf(request.Message) > 0; // one that was sent again with its count is new to the broker
        return new TaskContext(request.Message, delivery.Queue, nodeName, mayHaveRun, cancellation) { Reporting = request, Events = events };
    }

    private async ValueTask<TaskOutcome?> InvokeAsync(TaskHandler handler, TaskContext context, TaskBody body, WireBuffer? result)
    {
        TaskInvocation invocation;
        if (!handler.NeedsScope && filters.Count == 0)
        {
            invocation = new TaskInvocation(context, body, wire, null, result);
            await handler.InvokeAsync(invocation).ConfigureAwait(false);
            return invocation.Outcome;
        }

        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            invocation = new TaskInvocation(context, body, wire, scope.ServiceProvider, result);
            if (filters.Count > 0) return await new FilteredRun(filters, handler, invocation, scope.ServiceProvider, result).RunAsync().ConfigureAwait(false);
            await handler.InvokeAsync(invocation).ConfigureAwait(false);
        }

        return invocation.Outcome;
    }

    private static string? Header(TaskMessage message, string name) =>
        message.CustomHeaders is { } headers && headers.TryGetValue(name, out var value) ? value as string : null;

    private static byte[] StartedValue(string nodeName)
    {
        using var buffer = WireBuffer.Rent();
        buffer.Json.WriteStartObject();
        buffer.Json.WriteNumber("pid", Environment.ProcessId);
        buffer.Json.WriteString("hostname", nodeName);
        buffer.Json.WriteEndObject();
        buffer.Flush();
        return buffer.Span.ToArray();
    }
}
