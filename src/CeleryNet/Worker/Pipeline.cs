using System.Threading.Channels;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Worker.Steps;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>
/// What happens to a delivery before it runs, in a fixed order: read the message, is it one of this worker's own runs, find its handler, is it expired or revoked, is it due. What passes goes
/// to the execution loops.
/// </summary>
internal sealed class Pipeline(
    ReadStep read, Adoption adoption, ResolveStep resolve, UnknownTaskRule unknown, DiscardStep discard, HoldStep hold, Waiting waiting, Finisher finisher, Endings endings,
    DeadLetters deadLetters, Func<string, QueueDefinition> queueOf, ChannelWriter<TaskRequest> ready, ILogger logger)
{
    /// <summary>Takes a delivery through the steps.</summary>
    internal ValueTask AcceptAsync(IBrokerConsumer consumer, Delivery delivery, CancellationToken stopping)
    {
        WorkerTelemetry.Consumed(delivery.Queue);
        var request = new TaskRequest(consumer, delivery, queueOf(delivery.Queue));
        if (read.Run(request) is { } problem) return RefuseAsync(request, problem, stopping);
        return delivery.IsRedelivered ? AdoptOrAcceptAsync(request, stopping) : AcceptAsync(request, stopping);
    }

    /// <summary>Takes a held task that is due, or has expired. Called by the due loop.</summary>
    internal void Release(TaskRequest request, CancellationToken stopping)
    {
        // Counted by the endings, which never fail; the loop does not wait for a store.
        if (discard.Judge(request) is { } unwanted) _ = endings.EndAsync(request, unwanted, null, null, stopping);
        else _ = StartAsync(request, stopping);
    }

    private async ValueTask AdoptOrAcceptAsync(TaskRequest request, CancellationToken stopping)
    {
        if (!await adoption.TryAsync(request).ConfigureAwait(false)) await AcceptAsync(request, stopping).ConfigureAwait(false);
    }

    private ValueTask AcceptAsync(TaskRequest request, CancellationToken stopping)
    {
        if (!resolve.Run(request) && !unknown.CanWait(request)) return finisher.FinishAsync(request, unknown.Of(request), stopping);
        if (discard.Judge(request) is { } unwanted) return finisher.FinishAsync(request, unwanted, stopping);
        if (hold.DueOf(request) is not { } due) return new ValueTask(StartAsync(request, stopping));
        waiting.Accept(request, due, stopping);
        return default;
    }

    // The queue of ready tasks is unbounded; what bounds it is the prefetch. It is closed when the worker stops, and what comes then goes back.
    private Task StartAsync(TaskRequest request, CancellationToken stopping) =>
        ready.TryWrite(request) ? Task.CompletedTask : endings.EndAsync(request, Verdict.Requeued, null, null, stopping);

    private ValueTask RefuseAsync(TaskRequest request, string problem, CancellationToken stopping)
    {
        Log.MessageRefused(logger, Printable.Limit(request.Message.Id), Printable.Limit(request.Message.TaskName), request.Delivery.Queue, Printable.Limit(problem));
        return finisher.FinishAsync(request, deadLetters.Keep(request, Verdict.Failed(WorkerErrors.InvalidTask(problem)), problem), stopping);
    }
}
