using System.Text.Json;
using CeleryNet.Serialization;

namespace CeleryNet.Events;

/// <summary>Reads the fields of one event. What is not there, or of another kind, is <c>null</c>: a monitor must bear everything that travels.</summary>
internal readonly struct FieldReader(JsonElement json)
{
    internal string? Text(string name)
    {
        if (!json.TryGetProperty(name, out var field) || field.ValueKind != JsonValueKind.String) return null;
        try
        {
            return field.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // half of a surrogate pair
        }
    }

    internal long? Integer(string name) => Number(name) is { } field && field.TryGetInt64(out var value) ? value : null;

    internal int? SmallInteger(string name) => Number(name) is { } field && field.TryGetInt32(out var value) ? value : null;

    internal bool? Boolean(string name) =>
        json.TryGetProperty(name, out var field) && field.ValueKind is JsonValueKind.True or JsonValueKind.False ? field.GetBoolean() : null;

    /// <summary>Seconds.</summary>
    internal TimeSpan? Duration(string name) => Ticks(name) is { } ticks ? TimeSpan.FromTicks(ticks) : null;

    /// <summary>Unix seconds.</summary>
    internal DateTimeOffset? Moment(string name) =>
        Ticks(name) is { } ticks && ticks >= DateTimeOffset.MinValue.Ticks - Epoch && ticks <= DateTimeOffset.MaxValue.Ticks - Epoch ? DateTimeOffset.UnixEpoch.AddTicks(ticks) : null;

    /// <summary>A moment in ISO 8601.</summary>
    internal DateTimeOffset? Date(string name) => WireTime.TryParse(Text(name), out var moment) ? moment : null;

    internal IReadOnlyList<double> Numbers(string name)
    {
        if (!json.TryGetProperty(name, out var field) || field.ValueKind != JsonValueKind.Array) return [];
        var numbers = new List<double>();
        foreach (var item in field.EnumerateArray())
            if (item.ValueKind == JsonValueKind.Number && item.TryGetDouble(out var number)) numbers.Add(number);
        return numbers;
    }

    private static readonly long Epoch = DateTimeOffset.UnixEpoch.Ticks;

    // As decimal: a double has no room for the microseconds of a moment and the half of one that rounding needs.
    private long? Ticks(string name)
    {
        if (Number(name) is not { } field) return null;
        if (field.TryGetDecimal(out var seconds) && Math.Abs(seconds) < (decimal)TimeSpan.MaxValue.TotalSeconds - 1) return (long)Math.Round(seconds * TimeSpan.TicksPerSecond);
        return null;
    }

    private JsonElement? Number(string name) => json.TryGetProperty(name, out var field) && field.ValueKind == JsonValueKind.Number ? field : null;
}
