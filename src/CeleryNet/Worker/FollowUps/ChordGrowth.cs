using CeleryNet.Client;
using CeleryNet.Diagnostics;
using CeleryNet.Results;
using CeleryNet.Signatures;

namespace CeleryNet.Worker.FollowUps;

/// <summary>Adds members to a chord while one of its members runs: Celery's <c>self.add_to_chord</c>.</summary>
internal sealed class ChordGrowth(CanvasSender canvases, IResultBackend results)
{
    /// <summary>Counts the new member and sends it. A task that runs again adds the same members again, which count once.</summary>
    /// <returns>The id of the new member.</returns>
    internal async Task<string> AddAsync(TaskRequest request, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        var member = ChordMember.Of(request);
        if (member.Body.IsEmpty || member.GroupId is not { } group)
        {
            throw new TaskQueueException(
                ErrorCodes.InvalidCanvas,
                $"Task '{Printable.Limit(request.Message.TaskName)}' (id {Printable.Limit(request.Message.Id)}) is no member of a chord, so nothing can be added to one. Send the task by ITaskClient instead.");
        }

        var store = results as IChordStore ?? throw CanvasChecks.NoChords(results);
        var plan = Plan(request, member, group, json, member.Index);
        var id = plan.Result.Id;
        await store.AddMemberAsync(group, id, cancellationToken).ConfigureAwait(false);
        await canvases.PublishAsync(plan, cancellationToken).ConfigureAwait(false);
        return id;
    }

    /// <summary>Counts new members of the batch of a task that runs, and sends them. A task that runs again adds the same members again, which count once.</summary>
    /// <returns>Their ids.</returns>
    internal async Task<IReadOnlyList<string>> AddToBatchAsync(TaskRequest request, IReadOnlyList<ReadOnlyMemory<byte>> members, CancellationToken cancellationToken)
    {
        var own = ChordMember.Of(request);
        if (own.GroupId is not { } batch || own.Body.IsEmpty || !BatchBody.IsBatch(own.Body, batch))
        {
            throw new TaskQueueException(
                ErrorCodes.InvalidCanvas,
                $"Task '{Printable.Limit(request.Message.TaskName)}' (id {Printable.Limit(request.Message.Id)}) is no member of a batch, so nothing can be added to one. Send the task by ITaskClient instead.");
        }

        var store = results as IBatchStore ?? throw CanvasChecks.NoBatches(results);
        var ids = new List<string>(members.Count);
        foreach (var chunk in members.Chunk(BatchSender.PartSize))
        {
            var part = new BatchPart();
            foreach (var json in chunk) part.Add(Plan(request, own, batch, json, index: null));
            if (!await store.AddMembersAsync(batch, part.Ids, closingId: null, cancellationToken).ConfigureAwait(false)) throw BatchSender.NotOpen(batch);
            await canvases.PublishAsync(part.Plan, cancellationToken).ConfigureAwait(false);
            ids.AddRange(part.Ids);
        }

        return ids;
    }

    // In the order of the task's calls, so that another run of it makes the same ids and places.
    private static CanvasPlan Plan(TaskRequest request, ChordMember member, string group, ReadOnlyMemory<byte> json, int? index)
    {
        var signature = SignatureDocument.Read(json);
        if (CanvasShape.EndsInGroup(signature)) signature = CanvasShape.AsOne(signature); // it is one member, with one result
        var id = request.Message.Id!; // a task that runs has an id
        var role = $"chord/{request.NextChordMember()}";
        var place = BatchBody.IsBatch(member.Body, group) ? BatchBody.PlaceOf($"{id}/{role}") : index;
        BatchBody.SetPlace(signature, group, place, member.Body);
        FollowUpIds.Fix(signature, id, role);
        return CanvasPlanner.Plan(signature, FollowUpPlanner.CallOf(request));
    }
}
