using System.Text.Json;

namespace CeleryNet.Serialization;

/// <summary>kombu's typed envelope: an object of exactly the keys <c>__type__</c> and <c>__value__</c>. Celery protocol, content, typed values.</summary>
internal static class TypedValue
{
    internal static readonly JsonEncodedText TypeKey = JsonEncodedText.Encode("__type__");
    internal static readonly JsonEncodedText ValueKey = JsonEncodedText.Encode("__value__");

    /// <summary>
    /// When the reader stands on an envelope, moves it to the end of the envelope and hands out a reader that stands on its value. Anything else is left untouched.
    /// </summary>
    internal static bool TryOpen(ref Utf8JsonReader reader, out string type, out Utf8JsonReader value)
    {
        type = "";
        value = default;
        if (reader.TokenType != JsonTokenType.StartObject) return false;

        var probe = reader;
        string? found = null;
        var hasValue = false;
        while (probe.Read() && probe.TokenType == JsonTokenType.PropertyName)
        {
            if (probe.ValueTextEquals(TypeKey.EncodedUtf8Bytes) && found is null)
            {
                if (!probe.Read() || probe.TokenType != JsonTokenType.String) return false;
                found = probe.GetString();
            }
            else if (probe.ValueTextEquals(ValueKey.EncodedUtf8Bytes) && !hasValue)
            {
                if (!probe.Read()) return false;
                value = probe;
                hasValue = true;
                if (!probe.TrySkip()) return false;
            }
            else
            {
                return false; // any other key makes it a plain object
            }
        }

        if (found is null || !hasValue || probe.TokenType != JsonTokenType.EndObject) return false;
        type = found;
        reader = probe;
        return true;
    }

    internal static void WriteText(Utf8JsonWriter writer, string type, ReadOnlySpan<char> value)
    {
        writer.WriteStartObject();
        writer.WriteString(TypeKey, type);
        writer.WriteString(ValueKey, value);
        writer.WriteEndObject();
    }
}
