using System.Text.Json.Nodes;

namespace CeleryNet.Contracts.RandomCanvases;

/// <summary>A part of a random canvas: as Celery's JSON, and what it must do.</summary>
public abstract record CanvasNode
{
    /// <summary>True when it ends in a group, which is the header of a chord where something follows.</summary>
    public abstract bool EndsInGroup { get; }

    /// <summary>Error callback of the whole; <c>null</c> for none.</summary>
    public string? Errback { get; init; }

    /// <summary>Celery's JSON form.</summary>
    public abstract JsonObject ToJson();

    /// <summary>What it does, with the value of what ran before it.</summary>
    /// <param name="previous">The value before; <c>null</c> for none.</param>
    /// <param name="runs">What runs is added, each run as a text with its argument.</param>
    public abstract CanvasEnd Run(string? previous, List<string> runs);

    /// <summary>Adds the runs of the error callbacks that are called when the header before it has failed, so that it never runs.</summary>
    public abstract void Mourn(List<string> runs);

    /// <summary>A call of a task of the tests.</summary>
    protected static JsonObject Call(string task, JsonObject keywords, JsonObject? options = null, bool isImmutable = false) => new()
    {
        ["task"] = task,
        ["args"] = new JsonArray(),
        ["kwargs"] = keywords,
        ["options"] = options ?? [],
        ["subtask_type"] = null,
        ["immutable"] = isImmutable,
    };

    /// <summary>A canvas of the kind.</summary>
    protected JsonObject Canvas(string kind, JsonObject keywords)
    {
        var json = Call($"celery.{kind}", keywords, Options());
        json["subtask_type"] = kind;
        return json;
    }

    /// <summary>The options with the error callback.</summary>
    protected JsonObject Options()
    {
        var options = new JsonObject();
        if (Errback is not null) options["link_error"] = new JsonArray(Call("node", new JsonObject { ["label"] = Errback }, isImmutable: true));
        return options;
    }
}
