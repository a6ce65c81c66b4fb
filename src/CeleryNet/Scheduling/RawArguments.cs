using System.Text.Json;
using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.Scheduling;

/// <summary>Arguments that are JSON already: read from a store or from configuration.</summary>
/// <param name="positional">A list, or undefined.</param>
/// <param name="keyword">An object, or undefined.</param>
internal sealed class RawArguments(JsonElement positional, JsonElement keyword) : TaskArguments
{
    public override void WritePositional(ArgumentWriter writer)
    {
        if (positional.ValueKind != JsonValueKind.Array) return;
        foreach (var value in positional.EnumerateArray()) writer.Positional(value, WireConverters.JsonElement);
    }

    public override void WriteKeyword(ArgumentWriter writer)
    {
        if (keyword.ValueKind != JsonValueKind.Object) return;
        foreach (var value in keyword.EnumerateObject()) writer.Keyword(value.Name, value.Value, WireConverters.JsonElement);
    }
}
