using System.Diagnostics;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using CeleryNet.Worker.Steps;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>Runs one task: context, scope, handler, and what it ended with. One for all execution loops; thread-safe.</summary>
internal sealed class TaskExecutor(
    IServiceScopeFactory scopes, WireOptions wire, ExpiryStep expiry, UnknownTaskRule unknown, StartCounter starts, OutcomeJudge judge, Finisher finisher, Endings endings, PrefetchGovernor prefetch, Action prefetchChanged,
    string nodeName, TimeProvider time, ILogger logger)
{
    // Storing a result takes about 1 ms: a tenth of this, which is what a slot may lose.
    private static readonly TimeSpan ShortRun = TimeSpan.FromMilliseconds(10);

    private readonly ReadOnlyMemory<byte> _startedValue = StartedValue(nodeName);

    /// <summary>Runs the task. Its result may still be on its way when this returns; see <see cref="Endings"/>.</summary>
    internal async ValueTask ExecuteAsync(TaskRequest request, RunningTasks.Place place, CancellationToken stopping)
    {
        if (!request.Consumer.IsCurrent(request.Delivery)) return; // another worker has it, or will have it
        if (expiry.IsExpired(request))
        {
            await finisher.FinishAsync(request, Verdict.Expired, stopping).ConfigureAwait(false);
            return;
        }

        if (request.Handler is null)
        {
            await finisher.FinishAsync(request, unknown.Of(request), stopping).ConfigureAwait(false);
            return;
        }

        if (request.Delivery.IsRedelivered && !await starts.MayStartAsync(request, stopping).ConfigureAwait(false)) return;
        var acknowledgedEarly = request.Policy.AckEarly == true;
        if (acknowledgedEarly)
        {
            request.IsSettled = true;
            await request.Consumer.SettleAsync(request.Delivery, Settlement.Acknowledge, CancellationToken.None).ConfigureAwait(false);
        }

        var isWanted = finisher.IsWanted(request, TaskStates.Success);
        if (isWanted && (request.Policy.TrackStarted == true || request.Policy.RejectOnWorkerLost == false))
            await finisher.StoreStartedAsync(request, _startedValue, stopping).ConfigureAwait(false);

        Verdict verdict;
        var result = isWanted ? WireBuffer.Rent() : null;
        using (var cancellation = new TaskCancellation())
        {
            request.Cancellation = cancellation;
            request.Start = time.GetTimestamp();
            place.Current = request;
            try
            {
                verdict = await RunAsync(request, cancellation, result).ConfigureAwait(false);
            }
            finally
            {
                place.Current = null;
            }
        }

        // After a short task the slot is free at once: waiting would decide its rate. A longer one is ended first, since it costs next to nothing then and a kill repeats no more than
        // what ran. So it is when the store is in trouble, or when nothing else bounds how many results are on their way.
        var ending = EndAsync(request, verdict, result, stopping);
        if (!ending.IsCompleted && (acknowledgedEarly || finisher.IsHeldUp || request.Elapsed >= ShortRun)) await ending.ConfigureAwait(false);
    }

    private async Task EndAsync(TaskRequest request, Verdict verdict, WireBuffer? result, CancellationToken stopping)
    {
        endings.Begin();
        try
        {
            await finisher.FinishAsync(request, verdict, stopping).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // A fault of this library, not of the task: the message stays unsettled, so that the broker delivers it again when this worker ends.
            Log.TaskNotFinished(logger, Printable.Limit(request.Message.Id), Printable.Limit(request.Message.TaskName), error);
        }
        finally
        {
            result?.Dispose();
            endings.End();
        }
    }

    private async ValueTask<Verdict> RunAsync(TaskRequest request, TaskCancellation cancellation, WireBuffer? result)
    {
        var message = request.Message;
        var delivery = request.Delivery;
        var context = new TaskContext(message, delivery.Queue, nodeName, delivery.IsRedelivered, cancellation);
        using var activity = WorkerTelemetry.StartProcess(message.TaskName!, message.Id, delivery.Queue, Header(message, TaskHeaders.TraceParent), Header(message, TaskHeaders.TraceState));
        Verdict verdict;
        CurrentTask.Context = context;
        try
        {
            var outcome = await InvokeAsync(request.Handler!, context, request.Body, result).ConfigureAwait(false);
            verdict = outcome is null ? Verdict.Success(result?.Memory ?? default) : judge.Of(request, outcome, result?.Memory ?? default);
            if (verdict.State == TaskStates.Success) Log.TaskSucceeded(logger, message.Id, message.TaskName);
        }
        catch (OperationCanceledException) when (cancellation.Reason == TaskCancelReason.Shutdown && !request.IsSettled)
        {
            Log.TaskGivenBack(logger, message.Id, message.TaskName);
            verdict = Verdict.Requeued;
        }
        catch (Exception error)
        {
            verdict = judge.Of(request, error);
            if (verdict.State == TaskStates.Failure) Log.TaskFailed(logger, Printable.Limit(message.Id), message.TaskName, error);
            if (verdict.State is TaskStates.Failure or TaskStates.Retry) activity?.SetStatus(ActivityStatusCode.Error, (error.InnerException ?? error).GetType().Name);
        }

        var elapsed = request.Elapsed = time.GetElapsedTime(request.Start);
        WorkerTelemetry.Processed(message.TaskName!, delivery.Queue, verdict.StateName, elapsed);
        if (prefetch.Observe(elapsed)) prefetchChanged();
        return verdict;
    }

    private async ValueTask<TaskOutcome?> InvokeAsync(TaskHandler handler, TaskContext context, TaskBody body, WireBuffer? result)
    {
        TaskInvocation invocation;
        if (!handler.NeedsScope)
        {
            invocation = new TaskInvocation(context, body, wire, null, result);
            await handler.InvokeAsync(invocation).ConfigureAwait(false);
            return invocation.Outcome;
        }

        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            invocation = new TaskInvocation(context, body, wire, scope.ServiceProvider, result);
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
