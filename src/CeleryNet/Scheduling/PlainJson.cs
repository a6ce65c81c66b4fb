using System.Text.Json;

namespace CeleryNet.Scheduling;

/// <summary>JSON as the plain values that headers are made of.</summary>
internal static class PlainJson
{
    internal static object? ValueOf(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => json.TryGetInt64(out var whole) ? whole : json.GetDouble(),
        JsonValueKind.Array => json.EnumerateArray().Select(ValueOf).ToList(),
        _ => json.EnumerateObject().ToDictionary(property => property.Name, property => ValueOf(property.Value)),
    };
}
