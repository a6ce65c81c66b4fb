using CeleryNet.Client;
using CeleryNet.Diagnostics;
using CeleryNet.Results;
using CeleryNet.Signatures;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker.FollowUps;

/// <summary>Sends what follows a task, and ends in place what cannot be sent or will never run. Thread-safe.</summary>
internal sealed class FollowUpSender(CanvasSender canvases, IResultBackend results, Persistence persistence, TimeProvider time, ILogger logger)
{
    /// <summary>Sends a signature whose ids are fixed.</summary>
    /// <exception cref="TaskQueueException">It can never be sent.</exception>
    internal ValueTask SendAsync(TaskRequest request, SignatureDocument signature, CanvasCall call, CancellationToken stopping) =>
        SendAsync(request, CanvasPlanner.Plan(signature, call), stopping);

    /// <summary>Carries out a plan.</summary>
    /// <exception cref="TaskQueueException">It can never be carried out.</exception>
    internal ValueTask SendAsync(TaskRequest request, CanvasPlan plan, CancellationToken stopping) =>
        persistence.DoAsync(request, token => new ValueTask(canvases.PublishAsync(plan, token)), stopping);

    /// <summary>Sends the error callbacks of a task, as one group to which Celery gives the id of what failed.</summary>
    internal async ValueTask SendErrbacksAsync(TaskRequest request, string failedId, List<SignatureDocument> errbacks, CancellationToken stopping)
    {
        if (errbacks.Count == 0) return;
        for (var i = 0; i < errbacks.Count; i++) FollowUpIds.Fix(errbacks[i], failedId, $"errback/{i}");
        var call = FollowUpPlanner.CallOf(request) with { ParentId = failedId, Prefix = JsonParts.Text(failedId) };
        try
        {
            await SendAsync(request, FollowUpPlanner.GroupOf(errbacks, failedId, "errback"), call, stopping).ConfigureAwait(false);
        }
        catch (TaskQueueException error)
        {
            Log.FollowUpNotSent(logger, Printable.Limit(failedId), "error callbacks", error);
        }
    }

    /// <summary>Ends a signature that will never run: its states are stored, chords that wait for it go on, error callbacks are sent.</summary>
    /// <param name="request">The task that ends.</param>
    /// <param name="signature">What will not run; ids fixed.</param>
    /// <param name="end">How it ends.</param>
    /// <param name="isFirst">True when it would have run next, so that its error callbacks are called.</param>
    /// <param name="chords">Counts its members of chords.</param>
    /// <param name="stopping">Cancelled when the worker gives up on what is unfinished.</param>
    internal async ValueTask FailAsync(TaskRequest request, SignatureDocument signature, SignatureEnd end, bool isFirst, ChordEnding chords, CancellationToken stopping)
    {
        var failed = new FailedSignature();
        failed.Add(signature, isFirst);
        if (end.State is { } state)
            foreach (var task in failed.Tasks) await StoreAsync(request, task, state, end, stopping).ConfigureAwait(false);

        foreach (var member in failed.ChordMembers)
        {
            var part = new TaskResult { TaskId = member.Options.Text(OptionNames.TaskId)!, State = end.State ?? TaskStates.Failure, Error = end.Error }; // only tasks with an id are collected
            await chords.CountAsync(request, ChordMember.Of(member), part, stopping).ConfigureAwait(false);
        }

        foreach (var errbacks in failed.Errbacks.GroupBy(static errback => errback.Id))
            await SendErrbacksAsync(request, errbacks.Key, [.. errbacks.Select(static errback => errback.Errback)], stopping).ConfigureAwait(false);
    }

    private async ValueTask StoreAsync(TaskRequest request, SignatureDocument task, string state, SignatureEnd end, CancellationToken stopping)
    {
        if (!results.IsEnabled || task.Options[OptionNames.IgnoreResult].Span.SequenceEqual("true"u8)) return;
        var id = task.Options.Text(OptionNames.TaskId)!; // only tasks with an id are collected
        var result = new TaskResult
        {
            TaskId = id,
            State = state,
            Error = end.Error,
            Traceback = end.Traceback,
            DateDone = time.GetUtcNow(),
            GroupId = task.Options.Text(OptionNames.GroupId),
            ParentId = task.Options.Text(OptionNames.ParentId),
        };
        var reply = new ReplyAddress(task.Options.Text(OptionNames.ReplyTo) ?? request.Message.ReplyTo, id);
        await persistence.DoAsync(request, token => results.StoreAsync(result, reply, token), stopping).ConfigureAwait(false);
    }
}
