using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Worker.Steps;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>
/// What happens to a delivery before it runs, in a fixed order: read the message, is it one of this worker's own runs, find its handler, is it expired or revoked, is it due, do its limits
/// let it start. What passes goes to the execution loops.
/// </summary>
internal sealed class Pipeline(
    ReadStep read, Adoption adoption, ResolveStep resolve, UnknownTaskRule unknown, DiscardStep discard, HoldStep hold, WaitingRoom waiting, LimitStep limits, Endings endings,
    DeadLetterMaker deadLetters, QueueGate gate, WorkerEventSender events, Func<string, QueueDefinition> queueOf, ReadyQueue ready, LateArrivals late, ILogger logger)
{
    /// <summary>Takes a delivery through the steps.</summary>
    internal ValueTask AcceptAsync(IBrokerConsumer consumer, Delivery delivery, CancellationToken stopping)
    {
        WorkerTelemetry.Consumed(delivery.Queue);
        var request = new TaskRequest(consumer, delivery, queueOf(delivery.Queue));
        if (read.Run(request) is { } problem) Refuse(request, problem, stopping);
        else if (delivery.IsRedelivered) return AdoptOrAcceptAsync(request, stopping);
        else Accept(request, stopping);
        return default;
    }

    /// <summary>Takes a held task that is due, or has expired, or whose limit lets it go on. Called by the due loop and by what watches the limits.</summary>
    internal void Release(TaskRequest request, CancellationToken stopping)
    {
        if (discard.Judge(request) is { } unwanted) End(request, unwanted, stopping);
        else if (!limits.Holds(request, stopping)) Start(request, stopping);
    }

    private async ValueTask AdoptOrAcceptAsync(TaskRequest request, CancellationToken stopping)
    {
        if (!await adoption.TryAsync(request).ConfigureAwait(false)) Accept(request, stopping);
    }

    private void Accept(TaskRequest request, CancellationToken stopping)
    {
        if (!gate.IsOpen(request.Delivery.Queue)) End(request, Verdict.Requeued, stopping); // its queue was left a moment ago
        else if (!resolve.Run(request) && !unknown.CanWait(request)) End(request, unknown.Of(request), stopping);
        else if (discard.Judge(request) is { } unwanted) End(request, unwanted, stopping);
        else Take(request, stopping);
    }

    private void Take(TaskRequest request, CancellationToken stopping)
    {
        events.Received(request); // also where it is parked then: whoever takes it later receives it once more
        if (hold.DueOf(request) is { } due) waiting.Accept(request, due, stopping);
        else if (!limits.Holds(request, stopping)) Start(request, stopping);
    }

    /// <summary>Gives back what is ready, of one queue, and has not begun. What is ready of others may change its order.</summary>
    internal void GiveBack(string queue, CancellationToken stopping)
    {
        foreach (var request in ready.TakeAll())
        {
            if (request.Delivery.Queue == queue) End(request, Verdict.Requeued, stopping);
            else Start(request, stopping);
        }
    }

    // The queue of ready tasks is closed when the worker stops, and what comes then goes back, but not before fetching has ended: it would
    // come straight to this worker again.
    private void Start(TaskRequest request, CancellationToken stopping)
    {
        if (!ready.TryAdd(request) && !late.TryAdd(request)) End(request, Verdict.Requeued, stopping);
    }

    private void Refuse(TaskRequest request, string problem, CancellationToken stopping)
    {
        Log.MessageRefused(logger, Printable.Limit(request.Message.Id), Printable.Limit(request.Message.TaskName), request.Delivery.Queue, Printable.Limit(problem));
        End(request, deadLetters.Keep(request, Verdict.Failed(WorkerErrors.InvalidTask(problem)), problem), stopping);
    }

    // Counted by the endings, which never fail; what comes next does not wait for a store or a broker that is away.
    private void End(TaskRequest request, Verdict verdict, CancellationToken stopping) => _ = endings.EndAsync(request, verdict, null, null, stopping);
}
