using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CeleryNet.Tests.Signatures;

/// <summary>JSON whose ids are numbered as they appear, so that two messages of different runs can be compared.</summary>
internal sealed partial class CanonicalJson
{
    private readonly Dictionary<string, string> _ids = [];

    internal string Of(string json)
    {
        var node = JsonNode.Parse(json);
        Clean(node);
        return Ids().Replace(Sorted(node)!.ToJsonString(), match => _ids.TryGetValue(match.Value, out var known) ? known : _ids[match.Value] = $"id-{_ids.Count}");
    }

    // What stands twice in Celery's form, or says nothing, and is left out in ours: the body in every member of an embedded chord, ids that are null. And what 5.6 writes and 5.2 does not: the id of a chain.
    private static void Clean(JsonNode? node)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list) Clean(item);
            return;
        }

        if (node is not JsonObject map) return;
        if (map["subtask_type"]?.GetValue<string>() is { } type)
        {
            var options = map["options"]!.AsObject();
            if (type == "chain") options.Remove("task_id");
            if (type == "group") Remove(options);
            if (type == "chord") RemoveFromHeader(map["kwargs"]!["header"]!["kwargs"]!["tasks"]!.AsArray());
        }

        foreach (var (_, value) in map.ToList()) Clean(value);
    }

    private static void RemoveFromHeader(JsonArray members)
    {
        foreach (var member in members) member!["options"]!.AsObject().Remove("chord");
    }

    private static void Remove(JsonObject options)
    {
        options.Remove("chord");
        foreach (var name in (string[])["root_id", "parent_id"])
            if (options.ContainsKey(name) && options[name] is null) options.Remove(name);
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, Sorted(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        null => null,
        _ => node.DeepClone(),
    };

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Ids();
}
