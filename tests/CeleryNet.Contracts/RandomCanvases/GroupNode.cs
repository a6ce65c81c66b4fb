using System.Text.Json.Nodes;

namespace CeleryNet.Contracts.RandomCanvases;

/// <summary>Side by side. Groups among the members are spliced in, in their order.</summary>
public sealed record GroupNode(IReadOnlyList<CanvasNode> Members) : CanvasNode
{
    public override bool EndsInGroup => true;

    public override JsonObject ToJson() => Canvas("group", new JsonObject { ["tasks"] = new JsonArray([.. Members.Select(member => member.ToJson())]) });

    public override CanvasEnd Run(string? previous, List<string> runs)
    {
        var ends = Flat(Members).Select(member => member.Run(previous, runs)).ToList();
        return ends.TrueForAll(end => end.IsSuccess) ? new CanvasEnd($"[{string.Join(", ", ends.Select(end => end.Value))}]") : CanvasEnd.Failed;
    }

    public override void Mourn(List<string> runs)
    {
        foreach (var member in Flat(Members)) member.Mourn(runs);
    }

    /// <summary>The members, those of groups among them in their place.</summary>
    public static List<CanvasNode> Flat(IEnumerable<CanvasNode> members) => [.. members.SelectMany(member => member is GroupNode group ? Flat(group.Members) : [member])];
}
