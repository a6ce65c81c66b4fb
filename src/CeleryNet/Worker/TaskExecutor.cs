using System.Diagnostics;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using CeleryNet.Worker.Steps;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>Runs one task: context, scope, handler, and what it ended with. One for all execution loops; thread-safe.</summary>
internal sealed class TaskExecutor(
    IServiceScopeFactory scopes, WireOptions wire, ExpiryStep expiry, Finisher finisher, RunningTasks running, PrefetchGovernor prefetch, Action prefetchChanged,
    string nodeName, TimeProvider time, ILogger logger)
{
    private readonly ReadOnlyMemory<byte> _startedValue = StartedValue(nodeName);

    internal async ValueTask ExecuteAsync(TaskRequest request, CancellationToken stopping)
    {
        if (!request.Consumer.IsCurrent(request.Delivery)) return; // another worker has it, or will have it
        if (expiry.IsExpired(request))
        {
            await finisher.FinishAsync(request, Verdict.Expired, stopping).ConfigureAwait(false);
            return;
        }

        if (request.Policy.AckEarly == true)
        {
            request.IsSettled = true;
            await request.Consumer.SettleAsync(request.Delivery, Settlement.Acknowledge, CancellationToken.None).ConfigureAwait(false);
        }

        if (request.Policy.TrackStarted == true && finisher.IsWanted(request))
            await finisher.StoreStartedAsync(request, _startedValue, stopping).ConfigureAwait(false);

        using var cancellation = new TaskCancellation();
        running.Add(request, cancellation);
        var result = finisher.IsWanted(request) ? WireBuffer.Rent() : null;
        try
        {
            var verdict = await RunAsync(request, cancellation, result).ConfigureAwait(false);
            await finisher.FinishAsync(request, verdict, stopping).ConfigureAwait(false);
        }
        finally
        {
            running.Remove(request);
            result?.Dispose();
        }
    }

    private async ValueTask<Verdict> RunAsync(TaskRequest request, TaskCancellation cancellation, WireBuffer? result)
    {
        var message = request.Message;
        var delivery = request.Delivery;
        var context = new TaskContext(message, delivery.Queue, nodeName, delivery.IsRedelivered, cancellation);
        using var activity = WorkerTelemetry.StartProcess(message.Task!, message.Id, delivery.Queue, Header(message, TaskHeaders.TraceParent), Header(message, TaskHeaders.TraceState));
        var start = time.GetTimestamp();
        Verdict verdict;
        CurrentTask.Context = context;
        try
        {
            await InvokeAsync(request.Handler!, context, request.Body, result).ConfigureAwait(false);
            verdict = Verdict.Success(result?.Memory ?? default);
            Log.TaskSucceeded(logger, message.Id, message.Task);
        }
        catch (OperationCanceledException) when (cancellation.Reason == TaskCancelReason.Shutdown && !request.IsSettled)
        {
            Log.TaskGivenBack(logger, message.Id, message.Task);
            verdict = Verdict.Requeued;
        }
        catch (Exception error)
        {
            Log.TaskFailed(logger, Printable.Limit(message.Id), message.Task, error);
            activity?.SetStatus(ActivityStatusCode.Error, error.GetType().Name);
            verdict = Verdict.Failed(error);
        }

        var elapsed = time.GetElapsedTime(start);
        WorkerTelemetry.Processed(message.Task!, delivery.Queue, verdict.State ?? "REQUEUED", elapsed);
        if (prefetch.Observe(elapsed)) prefetchChanged();
        return verdict;
    }

    private async ValueTask InvokeAsync(TaskHandler handler, TaskContext context, TaskBody body, WireBuffer? result)
    {
        if (!handler.NeedsScope)
        {
            await handler.InvokeAsync(new TaskInvocation(context, body, wire, null, result)).ConfigureAwait(false);
            return;
        }

        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            await handler.InvokeAsync(new TaskInvocation(context, body, wire, scope.ServiceProvider, result)).ConfigureAwait(false);
        }
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
