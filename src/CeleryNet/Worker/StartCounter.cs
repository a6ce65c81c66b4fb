using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.Results;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>
/// Counts the starts of a task that was delivered before, so that one that kills its process again and again is given up. Counted are starts, not deliveries: what a dying worker had only
/// fetched is innocent. The count is in a header; the message with the new count is at the broker before the handler runs.
/// </summary>
internal sealed class StartCounter(int maxDeliveries, DeadLetterMaker deadLetters, Finisher finisher, IResultBackend results, ILogger logger)
{
    /// <summary>How often the task was started before, as far as it was counted.</summary>
    internal static int StartsOf(TaskMessage message) =>
        message.CustomHeaders?.GetValueOrDefault(TaskHeaders.Starts) is long starts ? (int)Math.Clamp(starts, 0, 1_000_000) : 0;

    /// <summary>Asked before each start of a redelivered message.</summary>
    /// <returns>True when it may start now; false when it has been dealt with.</returns>
    internal async ValueTask<bool> MayStartAsync(TaskRequest request, CancellationToken stopping)
    {
        var starts = StartsOf(request.Message) + 1; // the one that this redelivery tells of
        var most = request.Policy.MaxDeliveries ?? maxDeliveries;
        if (request.Policy.RejectOnWorkerLost == false && await WasStartedAsync(request, stopping).ConfigureAwait(false))
            return await GiveUpAsync(request, starts, $"the worker that ran it was lost", stopping).ConfigureAwait(false);
        if (most > 0 && starts >= most)
            return await GiveUpAsync(request, starts, $"it was started {starts} times and never ended (MaxDeliveries is {most})", stopping).ConfigureAwait(false);

        var counted = request.Message.CopyWithSameBody();
        counted.SetHeader(TaskHeaders.Starts, (long)starts);
        if (request.Consumer is IRewritingConsumer rewriting)
        {
            if (await rewriting.RewriteAsync(request.Delivery, counted, stopping).ConfigureAwait(false)) return true;
            await finisher.FinishAsync(request, Verdict.Requeued, stopping).ConfigureAwait(false); // kept unsettled it would take a place for ever; of what is gone nothing comes back
            return false;
        }

        // It comes back as a new message, and is then started without further questions.
        await finisher.FinishAsync(request, Verdict.Ignored with { Republish = new Republish(counted, request.Queue) }, stopping).ConfigureAwait(false);
        return false;
    }

    private async ValueTask<bool> GiveUpAsync(TaskRequest request, int starts, string reason, CancellationToken stopping)
    {
        Log.TaskGivenUp(logger, Printable.Limit(request.Message.Id), Printable.Limit(request.Message.TaskName), request.Delivery.Queue, reason);
        var verdict = deadLetters.Keep(request, Verdict.Failed(WorkerErrors.WorkerLost($"Worker exited prematurely: {reason}.")), reason, starts);
        await finisher.FinishAsync(request, verdict, stopping).ConfigureAwait(false);
        return false;
    }

    private async ValueTask<bool> WasStartedAsync(TaskRequest request, CancellationToken stopping)
    {
        if (!finisher.IsWanted(request, TaskStates.Started)) return true; // nothing was noted, so the careful answer
        try
        {
            return await results.GetAsync(request.Message.Id!, stopping).ConfigureAwait(false) is { State: TaskStates.Started };
        }
        catch (BrokerUnavailableException error)
        {
            Log.StateNotRead(logger, Printable.Limit(request.Message.Id), results.Address, error);
            return true; // it must not run twice
        }
    }
}
