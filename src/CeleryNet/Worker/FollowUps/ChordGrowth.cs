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
        var signature = SignatureDocument.Read(json);
        var options = signature.Options;
        options.Set(OptionNames.GroupId, group);
        options.Set(OptionNames.Chord, member.Body);
        if (member.Index is { } index) options.Set(OptionNames.GroupIndex, JsonParts.Number(index));
        FollowUpIds.Fix(signature, request.Message.Id!, $"chord/{request.NextChordMember()}"); // a task that runs has an id
        var plan = CanvasPlanner.Plan(signature, FollowUpPlanner.CallOf(request));
        var id = plan.Result.Id;
        await store.AddMemberAsync(group, id, cancellationToken).ConfigureAwait(false);
        await canvases.PublishAsync(plan, cancellationToken).ConfigureAwait(false);
        return id;
    }
}
