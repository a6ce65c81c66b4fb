using System.Text.Json.Nodes;

namespace CeleryNet.Contracts.RandomCanvases;

/// <summary>One task.</summary>
public sealed record TaskNode(string Label, TaskNodeKind Kind) : CanvasNode
{
    /// <summary>What takes its place.</summary>
    public CanvasNode? Replacement { get; init; }

    /// <summary>Callback; <c>null</c> for none.</summary>
    public string? Link { get; init; }

    /// <summary>True: takes nothing from the task before.</summary>
    public bool IsImmutable { get; init; }

    public override bool EndsInGroup => false; // what replaces it is one

    public override JsonObject ToJson()
    {
        var options = Options();
        if (Link is not null) options["link"] = new JsonArray(Call("node", new JsonObject { ["label"] = Link }));
        if (Kind == TaskNodeKind.Expired) options["expires"] = "2001-02-03T04:05:06+00:00";
        var keywords = new JsonObject { ["label"] = Label };
        if (Replacement is not null) keywords["replacement"] = Replacement.ToJson().ToJsonString();
        return Call(Kind switch { TaskNodeKind.Fails => "boom", TaskNodeKind.Retries => "again", TaskNodeKind.IsReplaced => "swap", _ => "node" }, keywords, options, IsImmutable);
    }

    public override CanvasEnd Run(string? previous, List<string> runs)
    {
        if (Kind == TaskNodeKind.Expired) return CanvasEnd.Revoked;
        var run = $"{Label}({(IsImmutable ? null : previous)})";
        runs.Add(run);
        var end = Kind == TaskNodeKind.Fails ? CanvasEnd.Failed : Replacement?.Run(null, runs) ?? new CanvasEnd(run);
        if (end.IsSuccess && Link is not null) runs.Add($"{Link}({end.Value})");
        if (!end.IsSuccess && !end.IsRevoked) Mourn(runs);
        return end;
    }

    public override void Mourn(List<string> runs)
    {
        if (Errback is not null) runs.Add($"{Errback}()");
    }
}
