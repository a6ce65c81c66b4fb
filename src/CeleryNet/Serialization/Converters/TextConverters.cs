using System.Globalization;
using System.Text.Json;

namespace CeleryNet.Serialization.Converters;

internal sealed class BooleanConverter : WireConverter<bool>
{
    public override void Write(Utf8JsonWriter writer, bool value, WireOptions options) => writer.WriteBooleanValue(value);

    public override bool Read(ref Utf8JsonReader reader, WireOptions options) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw WireError.Expected("true or false", ref reader),
    };
}

internal sealed class StringConverter : WireConverter<string?>
{
    public override void Write(Utf8JsonWriter writer, string? value, WireOptions options) => writer.WriteStringValue(value);

    public override string? Read(ref Utf8JsonReader reader, WireOptions options)
    {
        if (reader.TokenType is JsonTokenType.String or JsonTokenType.Null) return WireText.Read(ref reader);
        // Text that Celery 5.3 and later sends typed: uuid, decimal, bytes, dates.
        return TypedValue.TryOpen(ref reader, out _, out var inner) && AnyConverter.TextOf(ref inner) is { } text ? text : throw WireError.Expected("text", ref reader);
    }
}

internal sealed class CharConverter : WireConverter<char>
{
    public override void Write(Utf8JsonWriter writer, char value, WireOptions options) => writer.WriteStringValue([value]);

    public override char Read(ref Utf8JsonReader reader, WireOptions options) =>
        reader.TokenType == JsonTokenType.String && WireText.Read(ref reader) is [var only] ? only : throw WireError.Expected("a text of one character", ref reader);
}

internal sealed class UriConverter : WireConverter<Uri?>
{
    public override void Write(Utf8JsonWriter writer, Uri? value, WireOptions options) => writer.WriteStringValue(value?.OriginalString);

    public override Uri? Read(ref Utf8JsonReader reader, WireOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        return reader.TokenType == JsonTokenType.String && Uri.TryCreate(WireText.Read(ref reader), UriKind.RelativeOrAbsolute, out var uri)
            ? uri
            : throw WireError.Expected("a URI", ref reader);
    }
}

internal sealed class GuidConverter : WireConverter<Guid>
{
    public override void Write(Utf8JsonWriter writer, Guid value, WireOptions options)
    {
        if (!options.WriteTypedValues)
        {
            writer.WriteStringValue(value);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString(TypedValue.TypeKey, "uuid");
        writer.WriteStartObject(TypedValue.ValueKey);
        writer.WriteString("hex"u8, value.ToString("N"));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    public override Guid Read(ref Utf8JsonReader reader, WireOptions options)
    {
        if (TypedValue.TryOpen(ref reader, out var type, out var inner) && type == "uuid" && Guid.TryParse(AnyConverter.TextOf(ref inner), out var typed)) return typed;
        if (reader.TokenType == JsonTokenType.String)
        {
            if (reader.TryGetGuid(out var value)) return value;
            if (Guid.TryParse(WireText.Read(ref reader), out value)) return value; // 32 digits, braces: Python's uuid.hex and str forms
        }

        throw WireError.Expected("a uuid", ref reader);
    }
}

/// <summary>Bytes as base64 text, or in kombu's envelopes.</summary>
internal sealed class BytesConverter : WireConverter<byte[]?>
{
    public override void Write(Utf8JsonWriter writer, byte[]? value, WireOptions options)
    {
        if (value is null) writer.WriteNullValue();
        else if (options.WriteTypedValues) TypedValue.WriteText(writer, "base64", Convert.ToBase64String(value));
        else writer.WriteBase64StringValue(value);
    }

    public override byte[]? Read(ref Utf8JsonReader reader, WireOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (TypedValue.TryOpen(ref reader, out var type, out var inner) && inner.TokenType == JsonTokenType.String)
        {
            if (type == "bytes") return System.Text.Encoding.UTF8.GetBytes(WireText.Read(ref inner)!);
            if (type == "base64" && inner.TryGetBytesFromBase64(out var decoded)) return decoded;
        }

        return reader.TokenType == JsonTokenType.String && reader.TryGetBytesFromBase64(out var bytes) ? bytes : throw WireError.Expected("bytes as base64 text", ref reader);
    }
}

/// <summary>Enums by the name of the member; a number is read too.</summary>
internal sealed class EnumConverter<T> : WireConverter<T> where T : struct, Enum
{
    public override void Write(Utf8JsonWriter writer, T value, WireOptions options) => writer.WriteStringValue(value.ToString());

    public override T Read(ref Utf8JsonReader reader, WireOptions options)
    {
        if (reader.TokenType == JsonTokenType.String && Enum.TryParse<T>(WireText.Read(ref reader), ignoreCase: true, out var named)) return named;
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number))
        {
            var member = (T)Enum.ToObject(typeof(T), number);
            if (Convert.ToString(number, CultureInfo.InvariantCulture) == member.ToString("D")) return member; // the underlying type holds it
        }

        throw WireError.Expected($"one of {string.Join(", ", Enum.GetNames<T>())}", ref reader);
    }
}

internal static class WireText
{
    /// <summary>Reads text or null; text that is not valid UTF-8 or holds a lone surrogate is a format error.</summary>
    internal static string? Read(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException error)
        {
            throw WireError.Cannot("a text is not valid Unicode", error);
        }
    }
}
