using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;

namespace CeleryNet.Serialization;

/// <summary>
/// kombu's envelope of virtual transports (Redis, SQL): one JSON object of body (base64), headers, properties and content type. Celery protocol, Redis transport, envelope.
/// </summary>
public static class Envelope
{
    private static readonly JsonEncodedText Body = JsonEncodedText.Encode("body");
    private static readonly JsonEncodedText ContentEncoding = JsonEncodedText.Encode("content-encoding");
    private static readonly JsonEncodedText ContentType = JsonEncodedText.Encode("content-type");
    private static readonly JsonEncodedText Headers = JsonEncodedText.Encode("headers");
    private static readonly JsonEncodedText Properties = JsonEncodedText.Encode("properties");
    private static readonly JsonEncodedText CorrelationId = JsonEncodedText.Encode("correlation_id");
    private static readonly JsonEncodedText ReplyTo = JsonEncodedText.Encode("reply_to");
    private static readonly JsonEncodedText DeliveryMode = JsonEncodedText.Encode("delivery_mode");
    private static readonly JsonEncodedText DeliveryInfo = JsonEncodedText.Encode("delivery_info");
    private static readonly JsonEncodedText Exchange = JsonEncodedText.Encode("exchange");
    private static readonly JsonEncodedText RoutingKey = JsonEncodedText.Encode("routing_key");
    private static readonly JsonEncodedText Redelivered = JsonEncodedText.Encode("redelivered");
    private static readonly JsonEncodedText Priority = JsonEncodedText.Encode("priority");
    private static readonly JsonEncodedText BodyEncoding = JsonEncodedText.Encode("body_encoding");
    private static readonly JsonEncodedText DeliveryTag = JsonEncodedText.Encode("delivery_tag");
    private static readonly JsonEncodedText Expiration = JsonEncodedText.Encode("expiration");

    /// <summary>Writes a message as envelope.</summary>
    /// <param name="json">Where to; the caller flushes.</param>
    /// <param name="message">The message.</param>
    /// <param name="exchange">Exchange it is published to, empty for the default one.</param>
    /// <param name="routingKey">Routing key it is published with.</param>
    /// <param name="deliveryTag">Unique tag of this message; two equal tags overwrite each other in <c>unacked</c>.</param>
    public static void Write(Utf8JsonWriter json, TaskMessage message, string exchange, string routingKey, Guid deliveryTag)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(message);
        json.WriteStartObject();
        json.WriteBase64String(Body, message.Body.Span);
        json.WriteString(ContentEncoding, message.ContentEncoding ?? TaskMessage.Utf8ContentEncoding);
        json.WriteString(ContentType, message.ContentType ?? TaskMessage.JsonContentType);
        json.WritePropertyName(Headers);
        HeaderWriter.Write(json, message);
        json.WriteStartObject(Properties);
        json.WriteString(CorrelationId, message.CorrelationId);
        json.WriteString(ReplyTo, message.ReplyTo ?? "");
        json.WriteNumber(DeliveryMode, message.IsPersistent ? 2 : 1);
        json.WriteStartObject(DeliveryInfo);
        json.WriteString(Exchange, exchange);
        json.WriteString(RoutingKey, routingKey);
        json.WriteEndObject();
        json.WriteNumber(Priority, message.Priority);
        json.WriteString(BodyEncoding, "base64"u8);
        json.WriteString(DeliveryTag, deliveryTag);
        if (message.Expiration is { } expiration) json.WriteString(Expiration, MillisecondsOf(expiration));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Property <c>expiration</c> as it travels: milliseconds as text, never negative.</summary>
    public static string MillisecondsOf(TimeSpan expiration) => Math.Max(0, (long)expiration.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// Reads an envelope. Never throws for what is in it: a message that cannot be read has <see cref="TaskMessage.Problem"/> set, and all fields that could be read.
    /// </summary>
    /// <param name="envelope">The envelope; the array belongs to the message from now on, and its body is decoded in place.</param>
    /// <param name="options">Limits.</param>
    public static EnvelopeContent Read(byte[] envelope, WireOptions options)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        ArgumentNullException.ThrowIfNull(options);
        var content = new EnvelopeContent(new TaskMessage());
        try
        {
            content = Read(envelope, envelope, content, options);
        }
        catch (JsonException error)
        {
            if (JsonDialect.QuoteBareFloats(envelope) is { } quoted)
            {
                content = new EnvelopeContent(new TaskMessage());
                try
                {
                    return Read(quoted, quoted, content, options);
                }
                catch (Exception second) when (second is JsonException or MessageFormatException)
                {
                    content.Message.Problem = $"its envelope of {envelope.Length} bytes is not readable: {Printable.Limit((second as TaskQueueException)?.Reason ?? second.Message)}";
                    return content;
                }
            }

            content.Message.Problem = $"its envelope of {envelope.Length} bytes is not JSON: {Printable.Limit(error.Message)}";
        }
        catch (MessageFormatException error)
        {
            content.Message.Problem = error.Reason;
        }

        return content;
    }

    private static EnvelopeContent Read(ReadOnlySpan<byte> json, byte[] owned, EnvelopeContent content, WireOptions options)
    {
        var message = content.Message;
        var reader = new Utf8JsonReader(json, JsonDialect.ReaderOptions(options));
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw HeaderReader.Bad($"its envelope is {WireError.Kind(reader.TokenType)}, not an object");

        Range body = default;
        MessageFormatException? headerProblem = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(Body.EncodedUtf8Bytes)) body = TextRange(ref reader, "body");
            else if (reader.ValueTextEquals(ContentType.EncodedUtf8Bytes)) message.ContentType = NextText(ref reader, "content-type", TaskMessage.JsonContentType);
            else if (reader.ValueTextEquals(ContentEncoding.EncodedUtf8Bytes)) message.ContentEncoding = NextText(ref reader, "content-encoding", TaskMessage.Utf8ContentEncoding);
            else if (reader.ValueTextEquals(Properties.EncodedUtf8Bytes)) content = ReadProperties(ref reader, content);
            else if (reader.ValueTextEquals(Headers.EncodedUtf8Bytes))
            {
                reader.Read();
                var probe = reader;
                try
                {
                    HeaderReader.Read(message, ref reader, options);
                }
                catch (MessageFormatException error)
                {
                    // The rest is still wanted: without reply_to nobody could be told.
                    headerProblem = error;
                    reader = probe;
                    HeaderReader.ReadId(message, probe);
                    reader.Skip();
                }
            }
            else reader.Skip();
        }

        if (headerProblem is not null) throw headerProblem;
        message.Body = ReadBody(owned, body, content.IsBase64);
        return content;
    }

    private static EnvelopeContent ReadProperties(ref Utf8JsonReader reader, EnvelopeContent content)
    {
        var message = content.Message;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw HeaderReader.Bad($"its properties are {WireError.Kind(reader.TokenType)}, not an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(CorrelationId.EncodedUtf8Bytes))
            {
                reader.Read();
                message.CorrelationId = reader.TokenType != JsonTokenType.String ? null
                    : message.Id is { } id && reader.ValueTextEquals(id) ? id : HeaderReader.Text(ref reader, "correlation_id");
            }
            else if (reader.ValueTextEquals(ReplyTo.EncodedUtf8Bytes)) message.ReplyTo = NextText(ref reader, "reply_to");
            else if (reader.ValueTextEquals(DeliveryMode.EncodedUtf8Bytes)) message.IsPersistent = NextNumber(ref reader) is not 1;
            else if (reader.ValueTextEquals(Priority.EncodedUtf8Bytes)) message.Priority = (byte)Math.Clamp(NextNumber(ref reader) ?? 0, 0, 255);
            else if (reader.ValueTextEquals(BodyEncoding.EncodedUtf8Bytes)) content = content with { IsBase64 = NextText(ref reader, "body_encoding", "base64") == "base64" };
            else if (reader.ValueTextEquals(DeliveryTag.EncodedUtf8Bytes)) content = content with { DeliveryTag = NextText(ref reader, "delivery_tag") };
            else if (reader.ValueTextEquals(DeliveryInfo.EncodedUtf8Bytes)) content = ReadDeliveryInfo(ref reader, content);
            else reader.Skip();
        }

        return content;
    }

    private static EnvelopeContent ReadDeliveryInfo(ref Utf8JsonReader reader, EnvelopeContent content)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return content;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(Exchange.EncodedUtf8Bytes)) content = content with { Exchange = NextText(ref reader, "exchange", "") ?? "" };
            else if (reader.ValueTextEquals(RoutingKey.EncodedUtf8Bytes)) content = content with { RoutingKey = NextName(ref reader, "routing_key") ?? "" };
            else if (reader.ValueTextEquals(Redelivered.EncodedUtf8Bytes))
            {
                reader.Read();
                content = content with { IsRedelivered = reader.TokenType == JsonTokenType.True };
                reader.Skip();
            }
            else reader.Skip();
        }

        return content;
    }

    private static ReadOnlyMemory<byte> ReadBody(byte[] owned, Range range, bool isBase64)
    {
        var text = owned.AsSpan(range);
        if (text.IsEmpty) return default;
        if (text.Contains((byte)'\\')) // an escaped slash or quote: rare, since base64 needs none and Python's json escapes no slash
        {
            var unescaped = new byte[text.Length];
            var quoted = new byte[text.Length + 2];
            quoted[0] = quoted[^1] = (byte)'"';
            text.CopyTo(quoted.AsSpan(1));
            var reader = new Utf8JsonReader(quoted);
            reader.Read();
            var length = reader.CopyString(unescaped);
            return isBase64 ? Decode(unescaped.AsSpan(0, length), unescaped) : unescaped.AsMemory(0, length);
        }

        var start = range.Start.Value;
        return isBase64 ? Decode(text, owned, start) : owned.AsMemory(range);
    }

    private static ReadOnlyMemory<byte> Decode(Span<byte> text, byte[] owner, int start = 0) =>
        Base64.DecodeFromUtf8InPlace(text, out var length) == OperationStatus.Done
            ? owner.AsMemory(start, length)
            : throw HeaderReader.Bad("its body is not base64, although body_encoding says so");

    private static Range TextRange(ref Utf8JsonReader reader, string name)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String) throw HeaderReader.Wrong(name, reader.TokenType, "text");
        var start = (int)reader.TokenStartIndex + 1;
        return start..(start + reader.ValueSpan.Length);
    }

    private static string? NextText(ref Utf8JsonReader reader, string name, string? usual = null)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (usual is not null && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(usual)) return usual;
        return HeaderReader.Text(ref reader, name);
    }

    private static string? NextName(ref Utf8JsonReader reader, string name)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return null;
        return TaskNames.Find(ref reader) ?? TaskNames.Intern(HeaderReader.Text(ref reader, name));
    }

    private static int? NextNumber(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var value)) return value;
        reader.Skip();
        return null;
    }
}
