using CeleryNet.Brokers;
using CeleryNet.Client;
using CeleryNet.Diagnostics;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Signatures;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker.FollowUps;

/// <summary>
/// Does what follows the end of a task: callbacks, the next step of its chain, its part in a chord, error callbacks, its replacement. All of it may be repeated, since a worker that dies before it
/// has settled the message runs the task again: ids are fixed, and a chord counts each member once. Thread-safe.
/// </summary>
internal sealed class FollowUpRunner
{
    private readonly CanvasSender _canvases;
    private readonly Persistence _persistence;
    private readonly FollowUpSender _sender;
    private readonly ChordEnding _chords;
    private readonly ChordGrowth _growth;
    private readonly ILogger _logger;

    internal FollowUpRunner(CanvasSender canvases, IResultBackend results, WireOptions wire, TimeProvider time, Random random, ILogger logger)
    {
        _logger = logger;
        Wire = wire;
        _canvases = canvases;
        _persistence = new Persistence(time, random, logger);
        _sender = new FollowUpSender(canvases, results, _persistence, time, logger);
        _chords = new ChordEnding(results, _sender, _persistence, time, logger);
        _growth = new ChordGrowth(canvases, results);
    }

    /// <summary>True while something cannot be sent or stored.</summary>
    internal bool IsHeldUp => _persistence.IsHeldUp;

    /// <summary>How values become bytes.</summary>
    internal WireOptions Wire { get; }

    /// <summary>True when something may follow the end that the verdict means; false for a task that runs again.</summary>
    internal static bool IsEnd(Verdict verdict) =>
        verdict.State is { } state ? TaskStates.IsReady(state) : verdict.Settlement != Settlement.Requeue && (verdict.IsRejected || verdict.Republish is null);

    /// <summary>Reads what follows a success, before its result is stored.</summary>
    /// <param name="request">The task.</param>
    /// <param name="verdict">How it ends; a failure, as in Celery, when what follows cannot be read.</param>
    /// <param name="judged">How it ends after all.</param>
    internal FollowUpPlan? Plan(TaskRequest request, Verdict verdict, out Verdict judged)
    {
        judged = verdict;
        if (verdict.State != TaskStates.Success) return null;
        try
        {
            return FollowUpPlanner.Plan(request, verdict.Value);
        }
        catch (MessageFormatException error)
        {
            Log.FollowUpNotSent(_logger, Printable.Limit(request.Message.Id), "callbacks", error);
            judged = Verdict.Failed(error);
            return null;
        }
    }

    /// <summary>Stores the result, sends the one task that follows and settles the message in one step, where the broker can.</summary>
    /// <param name="request">The task, which has succeeded.</param>
    /// <param name="plan">What follows it.</param>
    /// <param name="settles">False: the message is settled later.</param>
    /// <param name="results">The result store.</param>
    /// <param name="result">The result; <c>null</c> when none is stored.</param>
    /// <param name="stopping">Cancelled when the worker gives up on what is unfinished.</param>
    /// <returns>False when it was not done.</returns>
    internal ValueTask<bool> TryRelayAsync(TaskRequest request, FollowUpPlan plan, bool settles, IResultBackend results, TaskResult? result, CancellationToken stopping)
    {
        if (plan.Plans is not [var (_, next)] || next is not { Tasks.Count: 1, Chords.Count: 0 } || !request.Body.Chord.IsEmpty) return default;
        if (request.Consumer is not IResultRelay relay || !relay.CanRelay(results)) return default;
        return _canvases.TryRelayAsync(next, relay, settles && !request.IsSettled ? request.Delivery : null, result, stopping);
    }

    /// <summary>Does what follows. Returns when all of it is at the broker and in the store.</summary>
    /// <returns>False when the worker gave up first.</returns>
    internal async ValueTask<bool> RunAsync(TaskRequest request, Verdict verdict, FollowUpPlan? plan, CancellationToken stopping)
    {
        try
        {
            if (!verdict.Replacement.IsEmpty) await ReplaceAsync(request, verdict.Replacement, stopping).ConfigureAwait(false);
            else if (verdict.State == TaskStates.Success) await SucceedAsync(request, verdict, plan, stopping).ConfigureAwait(false);
            else await FailAsync(request, verdict, stopping).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Adds a member to the chord of the running task and sends it.</summary>
    internal Task<string> AddToChordAsync(TaskRequest request, ReadOnlyMemory<byte> signature, CancellationToken cancellationToken) => _growth.AddAsync(request, signature, cancellationToken);

    /// <summary>Adds members to the batch of the running task and sends them.</summary>
    internal Task<IReadOnlyList<string>> AddToBatchAsync(TaskRequest request, IReadOnlyList<ReadOnlyMemory<byte>> signatures, CancellationToken cancellationToken) =>
        _growth.AddToBatchAsync(request, signatures, cancellationToken);

    /// <summary>Sends a canvas for a task that runs.</summary>
    internal Task<ResultNode> SendAsync(SignatureDocument canvas, CanvasCall call, CancellationToken cancellationToken) => _canvases.SendAsync(canvas, call, cancellationToken);

    /// <summary>Ends a chord that is not counted but polled.</summary>
    internal ValueTask EndChordAsync(
        TaskRequest request, string group, ReadOnlyMemory<byte> body, IReadOnlyList<TaskResult> parts, Func<ReadOnlyMemory<byte>> join, CancellationToken cancellationToken) =>
        _chords.EndAsync(request, group, body, parts, join, cancellationToken);

    private async ValueTask SucceedAsync(TaskRequest request, Verdict verdict, FollowUpPlan? plan, CancellationToken stopping)
    {
        foreach (var (signature, canvas) in plan?.Plans ?? [])
        {
            try
            {
                await _sender.SendAsync(request, canvas, stopping).ConfigureAwait(false);
            }
            catch (TaskQueueException error)
            {
                // The task has succeeded, and that is stored. What follows it has not, and whoever waits for that is told.
                Log.FollowUpNotSent(_logger, Printable.Limit(request.Message.Id), signature.Task, error);
                await _sender.FailAsync(request, signature, new SignatureEnd(TaskStates.Failure, WorkerErrors.Of(error), error.ToString()), isFirst: true, _chords, stopping).ConfigureAwait(false);
            }
        }

        await _chords.CountAsync(request, ChordMember.Of(request), new TaskResult { TaskId = request.Message.Id!, State = TaskStates.Success, Value = verdict.Value }, stopping).ConfigureAwait(false);
    }

    private async ValueTask FailAsync(TaskRequest request, Verdict verdict, CancellationToken stopping)
    {
        var error = verdict.Error ?? (verdict.IsRejected ? ChordErrors.Rejected : ChordErrors.Ignored);
        var part = new TaskResult { TaskId = request.Message.Id!, State = verdict.State ?? TaskStates.Failure, Error = error };
        await _chords.CountAsync(request, ChordMember.Of(request), part, stopping).ConfigureAwait(false);
        foreach (var step in Read(request, request.Body.Chain))
            await _sender.FailAsync(request, step, new SignatureEnd(verdict.State, error, verdict.Traceback), isFirst: false, _chords, stopping).ConfigureAwait(false);

        // Celery calls none for a task that was revoked.
        if (verdict.State == TaskStates.Failure) await _sender.SendErrbacksAsync(request, request.Message.Id!, Read(request, request.Body.Errbacks), stopping).ConfigureAwait(false);
    }

    private async ValueTask ReplaceAsync(TaskRequest request, ReadOnlyMemory<byte> signature, CancellationToken stopping)
    {
        var replacement = ReplacementSignature.Of(request, SignatureDocument.Read(signature), Wire);
        var kept = replacement.Clone();
        kept.Options.Set(OptionNames.Chain, request.Body.Chain);
        var call = FollowUpPlanner.CallOf(request) with { Chain = request.Body.Chain, Priority = request.Message.Priority is > 0 and var priority ? priority : null };
        try
        {
            await _sender.SendAsync(request, replacement, call, stopping).ConfigureAwait(false);
        }
        catch (TaskQueueException error)
        {
            Log.FollowUpNotSent(_logger, Printable.Limit(request.Message.Id), kept.Task, error);
            await _sender.FailAsync(request, kept, new SignatureEnd(TaskStates.Failure, WorkerErrors.Of(error), error.ToString()), isFirst: true, _chords, stopping).ConfigureAwait(false);
        }
    }

    // What cannot be read is left out: the task has failed already, and nothing better can be told.
    private List<SignatureDocument> Read(TaskRequest request, ReadOnlyMemory<byte> list)
    {
        try
        {
            return SignatureDocument.ReadAll(list);
        }
        catch (MessageFormatException error)
        {
            Log.FollowUpNotSent(_logger, Printable.Limit(request.Message.Id), "what follows a failure", error);
            return [];
        }
    }
}
