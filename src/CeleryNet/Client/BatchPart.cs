using CeleryNet.Signatures;

namespace CeleryNet.Client;

/// <summary>Members that are added and sent together; both may be repeated, as their ids are fixed.</summary>
internal sealed class BatchPart
{
    internal CanvasPlan Plan { get; } = new();

    /// <summary>Where the results of the members will be.</summary>
    internal List<ResultNode> Results { get; } = [];

    /// <summary>The ids that the store counts.</summary>
    internal List<string> Ids { get; } = [];

    internal void Add(CanvasPlan member)
    {
        Plan.Tasks.AddRange(member.Tasks);
        Plan.Chords.AddRange(member.Chords);
        Results.Add(member.Result);
        Ids.Add(member.Result.Id);
    }
}
