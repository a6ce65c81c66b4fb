using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.Results;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>
/// Counts the starts of a task that was delivered before, so that one that kills its process again and again is given up. The count is in a header; the message with the new count is at the broker
/// before the handler runs. Whoever runs beside such a task is counted with it, and so is what a dying worker had only fetched; so the last start is noted at the broker and runs alone, and only a
/// process that died then is held against the task.
/// </summary>
internal sealed class StartCounter(
    int maxDeliveries, LoneGate gate, StartMarks marks, DeadLetterMaker deadLetters, Finisher finisher, UniqueKeys? uniqueKeys, IResultBackend results, ILogger logger)
{
    /// <summary>How often the task was started before, as far as it was counted.</summary>
    internal static int StartsOf(TaskMessage message) =>
        message.CustomHeaders?.GetValueOrDefault(TaskHeaders.Starts) is long starts ? (int)Math.Clamp(starts, 0, 1_000_000) : 0;

    /// <summary>A copy of the message with another count.</summary>
    internal static TaskMessage Counted(TaskMessage message, int starts)
    {
        var counted = message.CopyWithSameBody();
        counted.SetHeader(TaskHeaders.Starts, (long)starts);
        return counted;
    }

    /// <summary>Asked before each start of a message that is redelivered or has a count.</summary>
    internal async ValueTask<StartDecision> DecideAsync(TaskRequest request, CancellationToken stopping)
    {
        var noted = StartsOf(request.Message);
        var most = request.Policy.MaxDeliveries ?? maxDeliveries;
        if (!request.Delivery.IsRedelivered) // it was sent again with its count
            return marks.AreFlags(request) && IsLast(noted, most) ? await StartAloneAsync(request, noted, stopping).ConfigureAwait(false) : StartDecision.Start;

        var starts = noted + 1; // the one that this redelivery tells of
        if (request.Policy.RejectOnWorkerLost == false && await WasStartedAsync(request, stopping).ConfigureAwait(false))
            return await GiveUpAsync(request, starts, $"the worker that ran it was lost", stopping).ConfigureAwait(false);
        if (most > 0 && starts >= most)
        {
            if (marks.AreFlags(request) && IsLast(noted, most) && !await marks.IsSetAsync(request, stopping).ConfigureAwait(false))
                return await StartAloneAsync(request, noted, stopping).ConfigureAwait(false); // its worker had only fetched it
            return await GiveUpAsync(request, starts, $"it was started {starts} times and never ended (MaxDeliveries is {most})", stopping).ConfigureAwait(false);
        }

        if (request.Consumer is IRewritingConsumer rewriting)
        {
            if (IsLast(starts, most)) return await StartAloneAsync(request, starts, stopping).ConfigureAwait(false);
            if (await rewriting.RewriteAsync(request.Delivery, Counted(request.Message, starts), stopping).ConfigureAwait(false)) return StartDecision.Start;
            return await GiveBackAsync(request, stopping).ConfigureAwait(false);
        }

        // It comes back as a new message, and is then started without further questions, unless it is for the last time.
        await finisher.FinishAsync(request, Verdict.Ignored with { Republish = new Republish(Counted(request.Message, starts), request.Queue) }, stopping).ConfigureAwait(false);
        return StartDecision.Ended;
    }

    // Where only one start is allowed the first is the last, and nothing could ever run beside another task.
    private static bool IsLast(int starts, int most) => most > 1 && starts > 0 && starts + 1 >= most;

    // Noted when it is alone and not before: it may have to wait for the very task that kills the process.
    private async ValueTask<StartDecision> StartAloneAsync(TaskRequest request, int starts, CancellationToken stopping)
    {
        Log.TaskStartsAlone(logger, Printable.Limit(request.Message.Id), Printable.Limit(request.Message.TaskName), starts);
        if (await gate.EnterAsync().ConfigureAwait(false) is not { } turn) return StartDecision.Stopped;
        var isNoted = false;
        try
        {
            if (!request.Consumer.IsCurrent(request.Delivery)) return StartDecision.Ended; // another worker has it, or will have it
            isNoted = await marks.TrySetAsync(request, starts, stopping).ConfigureAwait(false);
        }
        finally
        {
            if (isNoted) request.LastStart = new LastStart(turn, marks, request, starts);
            else turn.Dispose();
        }

        return isNoted ? StartDecision.Start : await GiveBackAsync(request, stopping).ConfigureAwait(false);
    }

    // Kept unsettled it would take a place for ever; of what is gone nothing comes back.
    private async ValueTask<StartDecision> GiveBackAsync(TaskRequest request, CancellationToken stopping)
    {
        await finisher.FinishAsync(request, Verdict.Requeued, stopping).ConfigureAwait(false);
        return StartDecision.Ended;
    }

    private async ValueTask<StartDecision> GiveUpAsync(TaskRequest request, int starts, string reason, CancellationToken stopping)
    {
        Log.TaskGivenUp(logger, Printable.Limit(request.Message.Id), Printable.Limit(request.Message.TaskName), request.Delivery.Queue, reason);
        var verdict = deadLetters.Keep(request, Verdict.Failed(WorkerErrors.WorkerLost($"Worker exited prematurely: {reason}.")), reason, starts);
        await finisher.FinishAsync(request, verdict, stopping).ConfigureAwait(false);
        if (!stopping.IsCancellationRequested) uniqueKeys?.Ended(request, verdict); // else it may have been given back
        if (marks.AreFlags(request)) await marks.ClearAsync(request, starts, stopping).ConfigureAwait(false); // should it be replayed
        return StartDecision.Ended;
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
