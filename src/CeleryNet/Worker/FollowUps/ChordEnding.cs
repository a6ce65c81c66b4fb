using CeleryNet.Diagnostics;
using CeleryNet.Results;
using CeleryNet.Signatures;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker.FollowUps;

/// <summary>Counts members of chords that have ended. Whoever counts the last one sends the body, or ends the chord with its error.</summary>
internal sealed class ChordEnding(IResultBackend results, FollowUpSender sender, Persistence persistence, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(100);

    /// <summary>Counts a member.</summary>
    /// <param name="request">The task that ends.</param>
    /// <param name="member">The member: this task, or one that will never run because this one failed.</param>
    /// <param name="part">Its end.</param>
    /// <param name="stopping">Cancelled when the worker gives up on what is unfinished.</param>
    internal async ValueTask CountAsync(TaskRequest request, ChordMember member, TaskResult part, CancellationToken stopping)
    {
        if (member.GroupId is not { Length: > 0 } group || member.Body.IsEmpty) return; // as in Celery
        if (results is not IChordStore store)
        {
            Log.ChordNotCounted(logger, Printable.Limit(part.TaskId), Printable.Limit(group), results.Address);
            return;
        }

        // The results of a batch's members are not put together, so their values need not be kept twice.
        var batches = BatchBody.IsBatch(member.Body, group) ? store as IBatchStore : null;
        if (batches is not null) part = part with { Value = default };
        IReadOnlyList<TaskResult>? parts = null;
        try
        {
            var run = Guid.NewGuid().ToString("n");
            var counted = await CountAsync(request, store, group, member, part, run, leastSize: 0, stopping).ConfigureAwait(false);
            if (counted is null) return;
            var header = batches is null ? await ReadHeaderAsync(request, store, group, counted, stopping).ConfigureAwait(false) : null;
            if (header is { IsComplete: false })
            {
                // A Python 5.2 worker that sends a group inside of this header sets the size anew, to that of the group.
                counted = await CountAsync(request, store, group, member, part, run, header.Size, stopping).ConfigureAwait(false);
                if (counted is null) return;
                header.Add(counted);
            }

            parts = counted;
            await EndAsync(request, group, member.Body, parts, () => batches is not null ? JsonParts.EmptyList : header?.Join() ?? ChordJoin.Flat(parts), stopping).ConfigureAwait(false);
        }
        catch (MessageFormatException error)
        {
            // What Python or another program wrote there is not what Celery writes: neither the parts nor the body can be read.
            Log.ChordUnreadable(logger, Printable.Limit(group), error);
        }

        if (parts is not null) await persistence.DoAsync(request, token => batches?.EndBatchAsync(group, token) ?? store.RemoveAsync(group, token), stopping).ConfigureAwait(false);
    }

    // While another run of the same member ends the chord this one stays: its message is the only other one that brings the chord to an end, should that run's worker die.
    private async ValueTask<IReadOnlyList<TaskResult>?> CountAsync(
        TaskRequest request, IChordStore store, string group, ChordMember member, TaskResult part, string run, int leastSize, CancellationToken stopping)
    {
        while (true)
        {
            var count = ChordCount.None;
            await persistence.DoAsync(request, async token => count = await store.CountAsync(group, member.Index, part, run, leastSize, token).ConfigureAwait(false), stopping).ConfigureAwait(false);
            if (!count.IsBeingEnded) return count.Parts;
            await Task.Delay(AskAgain, time, stopping).ConfigureAwait(false);
        }
    }

    /// <summary>Ends a chord whose header has ended: sends the body with its values, or fails it.</summary>
    /// <param name="request">The task that ends it.</param>
    /// <param name="group">Id of the header.</param>
    /// <param name="json">The body.</param>
    /// <param name="parts">How the members ended.</param>
    /// <param name="join">Makes the list of their values, when all succeeded.</param>
    /// <param name="stopping">Stops the wait.</param>
    /// <exception cref="MessageFormatException">The body cannot be read.</exception>
    internal async ValueTask EndAsync(
        TaskRequest request, string group, ReadOnlyMemory<byte> json, IReadOnlyList<TaskResult> parts, Func<ReadOnlyMemory<byte>> join, CancellationToken stopping)
    {
        var body = SignatureDocument.Read(json);
        FollowUpIds.Fix(body, group, "body");
        if (parts.FirstOrDefault(HasFailed) is { } culprit)
        {
            await FailAsync(request, group, body, ChordErrors.Dependency(culprit), stopping).ConfigureAwait(false);
            return;
        }

        ReadOnlyMemory<byte> values;
        try
        {
            values = join();
        }
        catch (MessageFormatException error)
        {
            await FailAsync(request, group, body, ChordErrors.Join(error.Reason), stopping).ConfigureAwait(false);
            return;
        }

        var kept = body.Clone();
        try
        {
            await sender.SendAsync(request, body, FollowUpPlanner.CallOf(request) with { Prefix = values }, stopping).ConfigureAwait(false);
        }
        catch (TaskQueueException error)
        {
            await FailAsync(request, group, kept, ChordErrors.Callback(error), stopping).ConfigureAwait(false);
        }
    }

    private ValueTask FailAsync(TaskRequest request, string group, SignatureDocument body, RemoteError error, CancellationToken stopping)
    {
        Log.ChordFailed(logger, Printable.Limit(group), Printable.Limit(error.Message));
        return sender.FailAsync(request, body, new SignatureEnd(TaskStates.Failure, error, null), isFirst: true, this, stopping);
    }

    // A header with groups in it is kept by Python as it was; the parts are its leaves. Of a chord that has failed nobody wants the structure.
    private async ValueTask<ChordHeader?> ReadHeaderAsync(TaskRequest request, IChordStore store, string group, IReadOnlyList<TaskResult> parts, CancellationToken stopping)
    {
        if (parts.Any(HasFailed)) return null;
        ReadOnlyMemory<byte> tuple = default;
        await persistence.DoAsync(request, async token => tuple = await store.GetGroupAsync(group, token).ConfigureAwait(false), stopping).ConfigureAwait(false);
        if (tuple.IsEmpty) return null;

        var header = new ChordHeader(ResultNode.Read(tuple));
        header.Add(parts);
        foreach (var id in header.Missing.ToList())
        {
            TaskResult? stored = null;
            await persistence.DoAsync(request, async token => stored = await results.GetAsync(id, token).ConfigureAwait(false), stopping).ConfigureAwait(false);
            if (stored is { IsReady: true }) header.Add([stored]);
        }

        return header;
    }

    private static bool HasFailed(TaskResult part) => part.State is TaskStates.Failure or TaskStates.Revoked;
}
