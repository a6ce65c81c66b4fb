namespace CeleryNet.Contracts.RandomCanvases;

/// <summary>Makes canvases, the same for the same seed.</summary>
/// <param name="random">Decides the form.</param>
/// <param name="prefix">Begin of all labels.</param>
/// <param name="mayFail">False: the same forms, but all tasks succeed.</param>
public sealed class RandomCanvas(Random random, string prefix, bool mayFail = true)
{
    private const int MostTasks = 40;

    private int _tasks;
    private int _labels;

    /// <summary>A canvas of at most 40 tasks or a few more.</summary>
    public CanvasNode Make(int depth) => Any(depth, mayMourn: true);

    // Whether error callbacks of the first thing that runs are called where a header before it failed is said of tasks alone, since a group or chord there calls those of each member.
    private CanvasNode Any(int depth, bool mayMourn)
    {
        if (depth <= 0 || _tasks >= MostTasks) return Task(depth, mayMourn);
        return random.Next(8) switch
        {
            0 or 1 => Task(depth, mayMourn),
            2 or 3 => Chain(depth, mayMourn),
            4 or 5 => new GroupNode(Many(depth, 2, 4, mayMourn)),
            _ => new ChordNode(Many(depth, 0, 4, mayMourn), Body(depth - 1, mayMourn)),
        };
    }

    private CanvasNode Body(int depth, bool mayMourn) => random.Next(3) switch
    {
        0 when depth > 0 => Any(depth, mayMourn: false),
        1 when depth > 0 => new ChainNode([Task(depth, mayMourn), Any(depth - 1, mayMourn)]),
        _ => Task(depth, mayMourn),
    };

    private ChainNode Chain(int depth, bool mayMourn)
    {
        var steps = new List<CanvasNode>();
        for (var count = random.Next(2, 5); count > 0; count--) steps.Add(steps.Count > 0 && steps[^1].EndsInGroup ? Body(depth - 1, mayMourn) : Any(depth - 1, mayMourn));
        var isPlain = steps.TrueForAll(step => step is TaskNode);
        return new ChainNode(steps) { Errback = isPlain && mayMourn && random.Next(3) == 0 ? Label("chain_error") : null };
    }

    private TaskNode Task(int depth, bool mayMourn)
    {
        _tasks++;
        var kind = random.Next(24) switch
        {
            0 => mayFail ? TaskNodeKind.Fails : TaskNodeKind.Plain,
            1 => TaskNodeKind.Retries,
            2 => TaskNodeKind.IsReplaced,
            3 when random.Next(2) == 0 => mayFail ? TaskNodeKind.Expired : TaskNodeKind.Plain,
            _ => TaskNodeKind.Plain,
        };
        return new TaskNode(Label("t"), kind)
        {
            Replacement = kind == TaskNodeKind.IsReplaced ? Any(Math.Min(depth - 1, 2), mayMourn: false) : null,
            Link = random.Next(8) == 0 ? Label("link") : null,
            Errback = mayMourn && random.Next(4) == 0 ? Label("error") : null,
            IsImmutable = random.Next(8) == 0,
        };
    }

    private List<CanvasNode> Many(int depth, int least, int most, bool mayMourn) => [.. Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => Any(depth - 1, mayMourn))];

    private string Label(string kind) => $"{prefix}.{kind}{++_labels}";
}
