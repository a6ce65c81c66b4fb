using System.Text.Json;

namespace CeleryNet.Contracts;

/// <summary>Compares the form of two JSON values: the same keys in every object, the same kind of every value. Null fits anything, as does the first element stand for its list.</summary>
public static class Shape
{
    // What is in these is data, not form.
    private static readonly string[] Maps = ["total", "revoked", "args", "kwargs", "rusage"];

    /// <summary>What differs, each with its path; empty when the forms are the same. Keys beyond the expected ones are no difference.</summary>
    public static IEnumerable<string> Differences(JsonElement expected, JsonElement actual, string path)
    {
        if (expected.ValueKind == JsonValueKind.Null || actual.ValueKind == JsonValueKind.Null) yield break;
        if (Kind(expected) != Kind(actual))
        {
            yield return $"{path} is {actual.ValueKind}, not {expected.ValueKind}";
            yield break;
        }

        if (Maps.Any(map => path.EndsWith($".{map}", StringComparison.Ordinal))) yield break;
        if (expected.ValueKind == JsonValueKind.Array)
        {
            if (expected.GetArrayLength() == 0) yield break;
            if (actual.GetArrayLength() == 0)
            {
                yield return $"{path} is empty";
                yield break;
            }

            foreach (var difference in Differences(expected[0], actual[0], $"{path}[0]")) yield return difference;
        }

        if (expected.ValueKind != JsonValueKind.Object) yield break;
        var keys = expected.EnumerateObject().Select(property => property.Name).ToList();
        if (keys.All(key => Guid.TryParse(key, out _))) yield break; // a map by task id
        foreach (var key in keys)
        {
            if (!actual.TryGetProperty(key, out var value)) yield return $"{path} has no {key}";
            else foreach (var difference in Differences(expected.GetProperty(key), value, $"{path}.{key}")) yield return difference;
        }
    }

    private static JsonValueKind Kind(JsonElement element) => element.ValueKind == JsonValueKind.False ? JsonValueKind.True : element.ValueKind;
}
