using System.Threading.Channels;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Worker.Loops;
using CeleryNet.Worker.Steps;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>
/// What happens to a delivery before it runs, in a fixed order: read the message, find its handler, is it expired, is it due. What passes goes to the execution loops.
/// </summary>
internal sealed class Pipeline(
    ReadStep read, ResolveStep resolve, UnknownTaskRule unknown, ExpiryStep expiry, HoldStep hold, DueLoop dueLoop, Finisher finisher, DeadLetters deadLetters,
    Func<string, QueueDefinition> queueOf, ChannelWriter<TaskRequest> ready, Action heldChanged, ILogger logger)
{
    /// <summary>Takes a delivery through the steps.</summary>
    internal ValueTask AcceptAsync(IBrokerConsumer consumer, Delivery delivery, CancellationToken stopping)
    {
        WorkerTelemetry.Consumed(delivery.Queue);
        var request = new TaskRequest(consumer, delivery, queueOf(delivery.Queue));
        if (read.Run(request) is { } problem) return RefuseAsync(request, problem, stopping);
        if (!resolve.Run(request) && !unknown.CanWait(request)) return finisher.FinishAsync(request, unknown.Of(request), stopping);
        if (expiry.IsExpired(request)) return DiscardAsync(request, stopping);
        if (hold.TryHold(request))
        {
            dueLoop.Wake();
            heldChanged();
            return default;
        }

        ready.TryWrite(request); // unbounded; what bounds it is the prefetch
        return default;
    }

    private ValueTask DiscardAsync(TaskRequest request, CancellationToken stopping)
    {
        Log.TaskExpired(logger, Printable.Limit(request.Message.Id), request.Message.TaskName, request.Message.Expires);
        return finisher.FinishAsync(request, Verdict.Expired, stopping);
    }

    private ValueTask RefuseAsync(TaskRequest request, string problem, CancellationToken stopping)
    {
        Log.MessageRefused(logger, Printable.Limit(request.Message.Id), Printable.Limit(request.Message.TaskName), request.Delivery.Queue, Printable.Limit(problem));
        return finisher.FinishAsync(request, deadLetters.Keep(request, Verdict.Failed(WorkerErrors.InvalidTask(problem)), problem), stopping);
    }
}
