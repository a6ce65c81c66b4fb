using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using CeleryNet.Diagnostics;

namespace CeleryNet.Serialization;

/// <summary>
/// kombu's envelope of virtual transports around a message that is no task, such as remote control and events: its headers are free, where those of a task have a meaning.
/// Celery protocol, Redis transport, envelope and fanout. For tasks see <see cref="Envelope"/>.
/// </summary>
public static class PlainEnvelope
{
    private static readonly WireOptions PlainOptions = new();
    private static readonly Dictionary<string, object?> NoHeaders = [];

    /// <summary>Writes a message as envelope.</summary>
    /// <param name="content">The message, with the exchange and routing key it is published to.</param>
    /// <param name="deliveryTag">Unique tag of this message.</param>
    /// <returns>An array of its own, for the client to keep.</returns>
    public static byte[] Encode(PlainContent content, Guid deliveryTag)
    {
        using var rest = WireBuffer.Rent();
        WriteRest(rest.Json, content, deliveryTag);
        rest.Flush();

        // Lists of events have 30 KB: encoded where they stay, and not zeroed before, that is a third of the time of a writer that grows.
        var before = "{\"body\":\""u8;
        var after = "\","u8;
        var behind = rest.Span[1..]; // its brace has been opened
        var body = content.Body.Span;
        var envelope = GC.AllocateUninitializedArray<byte>(before.Length + Base64.GetMaxEncodedToUtf8Length(body.Length) + after.Length + behind.Length);
        before.CopyTo(envelope);
        Base64.EncodeToUtf8(body, envelope.AsSpan(before.Length), out _, out var encoded);
        after.CopyTo(envelope.AsSpan(before.Length + encoded));
        behind.CopyTo(envelope.AsSpan(before.Length + encoded + after.Length));
        return envelope;
    }

    private static void WriteRest(Utf8JsonWriter json, PlainContent content, Guid deliveryTag)
    {
        json.WriteStartObject();
        json.WriteString("content-encoding"u8, content.ContentEncoding);
        json.WriteString("content-type"u8, content.ContentType);
        json.WriteStartObject("headers"u8);
        foreach (var (name, value) in content.Headers)
        {
            json.WritePropertyName(name);
            WireConverters.Any.Write(json, value, PlainOptions);
        }

        json.WriteEndObject();
        json.WriteStartObject("properties"u8);
        json.WriteNumber("delivery_mode"u8, content.IsPersistent ? 2 : 1);
        json.WriteStartObject("delivery_info"u8);
        json.WriteString("exchange"u8, content.Exchange);
        json.WriteString("routing_key"u8, content.RoutingKey);
        json.WriteEndObject();
        json.WriteNumber("priority"u8, 0);
        json.WriteString("body_encoding"u8, "base64"u8);
        json.WriteString("delivery_tag"u8, deliveryTag);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Reads an envelope.</summary>
    /// <param name="envelope">The envelope.</param>
    /// <param name="options">Limits.</param>
    /// <exception cref="MessageFormatException">It is not an envelope, or beyond the limits.</exception>
    public static PlainContent Read(ReadOnlyMemory<byte> envelope, WireOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return JsonDialect.Parse(envelope, options, static (json, options) => Read(json.Span, options), ErrorCodes.BadMessage, "its envelope");
    }

    private static PlainContent Read(ReadOnlySpan<byte> json, WireOptions options)
    {
        var reader = new Utf8JsonReader(json, JsonDialect.ReaderOptions(options));
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw HeaderReader.Bad($"its envelope is {WireError.Kind(reader.TokenType)}, not an object");
        var content = new PlainContent(NoHeaders, default);
        string? body = null;
        var isBase64 = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("body"u8)) body = NextText(ref reader);
            else if (reader.ValueTextEquals("content-type"u8)) content = content with { ContentType = NextText(ref reader) };
            else if (reader.ValueTextEquals("content-encoding"u8)) content = content with { ContentEncoding = NextText(ref reader) };
            else if (reader.ValueTextEquals("headers"u8)) content = content with { Headers = NextHeaders(ref reader, options) };
            else if (reader.ValueTextEquals("properties"u8)) ReadProperties(ref reader, ref content, ref isBase64);
            else reader.Skip();
        }

        JsonDialect.EnsureEnd(ref reader, "the envelope");
        return content with { Body = Bytes(body ?? "", isBase64, options) };
    }

    private static Dictionary<string, object?> NextHeaders(ref Utf8JsonReader reader, WireOptions options)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return NoHeaders;
        var start = reader.TokenStartIndex;
        var headers = HeaderReader.Plain(ref reader) as Dictionary<string, object?> ?? throw HeaderReader.Bad("its headers are not an object");
        return reader.BytesConsumed - start > options.MaxHeaderBytes ? throw HeaderReader.TooLarge(options) : headers;
    }

    private static void ReadProperties(ref Utf8JsonReader reader, ref PlainContent content, ref bool isBase64)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw HeaderReader.Bad($"its properties are {WireError.Kind(reader.TokenType)}, not an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("body_encoding"u8)) isBase64 = NextText(ref reader) == "base64";
            else if (reader.ValueTextEquals("delivery_info"u8)) ReadDeliveryInfo(ref reader, ref content);
            else reader.Skip();
        }
    }

    private static void ReadDeliveryInfo(ref Utf8JsonReader reader, ref PlainContent content)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("exchange"u8)) content = content with { Exchange = NextText(ref reader) ?? "" };
            else if (reader.ValueTextEquals("routing_key"u8)) content = content with { RoutingKey = NextText(ref reader) ?? "" };
            else reader.Skip();
        }
    }

    private static string? NextText(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String) return reader.GetString();
        if (reader.TokenType != JsonTokenType.Null) throw HeaderReader.Bad($"a part of its envelope is {WireError.Kind(reader.TokenType)}, not text");
        return null;
    }

    private static byte[] Bytes(string body, bool isBase64, WireOptions options)
    {
        var length = isBase64 ? body.Length / 4 * 3L : body.Length;
        if (length > options.MaxBodyBytes) throw HeaderReader.Bad($"its body has more than {options.MaxBodyBytes} bytes (MaxBodyBytes)");
        if (!isBase64) return Encoding.UTF8.GetBytes(body);
        var bytes = new byte[length];
        return Convert.TryFromBase64String(body, bytes, out var written) ? bytes[..written] : throw HeaderReader.Bad("its body is not base64, although body_encoding says so");
    }
}
