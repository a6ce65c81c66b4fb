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
    ReadStep read, ResolveStep resolve, ExpiryStep expiry, HoldStep hold, DueLoop dueLoop, Finisher finisher, ChannelWriter<TaskRequest> ready, Action heldChanged, ILogger logger)
{
    /// <summary>Takes a delivery through the steps.</summary>
    internal ValueTask AcceptAsync(IBrokerConsumer consumer, Delivery delivery, CancellationToken stopping)
    {
        WorkerTelemetry.Consumed(delivery.Queue);
        var request = new TaskRequest(consumer, delivery);
        if (read.Run(request) is { } problem) return RefuseAsync(request, problem, stopping);
        if (!resolve.Run(request)) return RefuseUnknownAsync(request, stopping);
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
        return finisher.FinishAsync(request, Verdict.Rejected(WorkerErrors.InvalidTask(problem)), stopping);
    }

    private ValueTask RefuseUnknownAsync(TaskRequest request, CancellationToken stopping)
    {
        var message = request.Message;
        Log.TaskNotRegistered(logger, Printable.Limit(message.Id), Printable.Limit(message.TaskName), request.Delivery.Queue);
        return finisher.FinishAsync(request, Verdict.Rejected(WorkerErrors.NotRegistered(message.TaskName!)), stopping);
    }
}
