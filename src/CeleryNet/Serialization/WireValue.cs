using System.Text.Json;
using CeleryNet.Diagnostics;

namespace CeleryNet.Serialization;

/// <summary>Reads one value from its JSON, such as the result of a task.</summary>
public static class WireValue
{
    /// <summary>Reads the value.</summary>
    /// <param name="json">The JSON, also with Python's bare NaN and Infinity; empty is <c>null</c>.</param>
    /// <param name="converter">Reads the type.</param>
    /// <param name="options">Limits and metadata.</param>
    /// <exception cref="MessageFormatException">It is not JSON, or the JSON is of another type.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> json, WireConverter<T> converter, WireOptions options)
    {
        ArgumentNullException.ThrowIfNull(converter);
        ArgumentNullException.ThrowIfNull(options);
        return JsonDialect.Parse(
            json.IsEmpty ? "null"u8.ToArray() : json,
            (Converter: converter, Options: options),
            static (json, state) =>
            {
                var reader = new Utf8JsonReader(json.Span, JsonDialect.ReaderOptions(state.Options));
                reader.Read();
                var value = state.Converter.Read(ref reader, state.Options);
                JsonDialect.EnsureEnd(ref reader, "the value");
                return value;
            },
            ErrorCodes.BadValue,
            "the value");
    }
}
