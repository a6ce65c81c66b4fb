using System.Text.Json.Nodes;

namespace CeleryNet.Contracts.RandomCanvases;

/// <summary>One after the other. A group in it that something follows is the header of a chord.</summary>
public sealed record ChainNode(IReadOnlyList<CanvasNode> Steps) : CanvasNode
{
    public override bool EndsInGroup => Steps[^1].EndsInGroup;

    public override JsonObject ToJson() => Canvas("chain", new JsonObject { ["tasks"] = new JsonArray([.. Steps.Select(step => step.ToJson())]) });

    public override CanvasEnd Run(string? previous, List<string> runs)
    {
        var end = new CanvasEnd(previous);
        var steps = Flat();
        for (var i = 0; i < steps.Count; i++)
        {
            end = steps[i].Run(end.Value, runs);
            if (end.IsSuccess) continue;
            if (steps[i].EndsInGroup && i + 1 < steps.Count)
            {
                Mourn(steps, i + 1, runs); // it was the body of a chord
                end = CanvasEnd.Failed;
            }

            if (!end.IsRevoked && Errback is not null) runs.Add($"{Errback}()");
            return end;
        }

        return end;
    }

    public override void Mourn(List<string> runs)
    {
        Mourn(Flat(), 0, runs);
        if (Errback is not null) runs.Add($"{Errback}()");
    }

    // What follows a group is the body of the chord that begins with the group.
    private static void Mourn(List<CanvasNode> steps, int first, List<string> runs)
    {
        while (steps[first].EndsInGroup && first + 1 < steps.Count) first++;
        steps[first].Mourn(runs);
    }

    // Chains in it are spliced in; those with an error callback hold nothing but tasks, so that it makes no difference.
    private List<CanvasNode> Flat() => [.. Steps.SelectMany(step => step is ChainNode { Errback: null } chain ? chain.Flat() : [step])];
}
