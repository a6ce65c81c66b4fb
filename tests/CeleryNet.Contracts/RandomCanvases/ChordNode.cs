using System.Text.Json.Nodes;

namespace CeleryNet.Contracts.RandomCanvases;

/// <summary>Side by side, then the body with the list.</summary>
public sealed record ChordNode(IReadOnlyList<CanvasNode> Header, CanvasNode Body) : CanvasNode
{
    public override bool EndsInGroup => Body.EndsInGroup;

    public override JsonObject ToJson() => Canvas(
        "chord", new JsonObject { ["header"] = new JsonArray([.. Header.Select(member => member.ToJson())]), ["body"] = Body.ToJson(), ["kwargs"] = new JsonObject() });

    public override CanvasEnd Run(string? previous, List<string> runs)
    {
        var values = new GroupNode(Header).Run(previous, runs);
        if (values.IsSuccess) return Body.Run(values.Value, runs);
        Mourn(runs);
        return values;
    }

    public override void Mourn(List<string> runs) => Body.Mourn(runs);
}
