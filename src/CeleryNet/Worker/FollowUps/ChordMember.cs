using CeleryNet.Client;
using CeleryNet.Signatures;

namespace CeleryNet.Worker.FollowUps;

/// <summary>The place of a task in a chord.</summary>
/// <param name="Body">The chord's body, a signature.</param>
/// <param name="GroupId">Id of the header.</param>
/// <param name="Index">Place in the header.</param>
internal readonly record struct ChordMember(ReadOnlyMemory<byte> Body, string? GroupId, int? Index)
{
    internal static ChordMember Of(TaskRequest request) => new(request.Body.Chord, request.Message.GroupId, request.Message.GroupIndex);

    internal static ChordMember Of(SignatureDocument task) =>
        new(task.Options[OptionNames.Chord], task.Options.Text(OptionNames.GroupId), DocumentOptions.Whole(task, OptionNames.GroupIndex));
}
