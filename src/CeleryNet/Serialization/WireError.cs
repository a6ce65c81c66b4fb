using System.Text;
using System.Text.Json;
using CeleryNet.Diagnostics;

namespace CeleryNet.Serialization;

/// <summary>Makes the errors of converters. Payloads are shown by kind, never by content.</summary>
internal static class WireError
{
    internal static MessageFormatException Expected(string what, ref Utf8JsonReader reader) =>
        new(ErrorCodes.BadValue, $"expected {what}, got {Kind(reader.TokenType)}");

    internal static MessageFormatException Cannot(string what, Exception? cause = null) => new(ErrorCodes.BadValue, what, cause);

    internal static string Kind(JsonTokenType token) => token switch
    {
        JsonTokenType.Null => "null",
        JsonTokenType.True or JsonTokenType.False => "a boolean",
        JsonTokenType.Number => "a number that does not fit",
        JsonTokenType.String => "a text that does not fit",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.StartObject => "an object",
        JsonTokenType.EndObject => "a typed value of another type", // the reader has passed it
        _ => new StringBuilder("a ").Append(token).ToString(),
    };
}
