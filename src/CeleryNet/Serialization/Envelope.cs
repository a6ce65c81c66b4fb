using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
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

    /// <summary>A message as envelope, in an array of its size.</summary>
    /// <param name="message">The message.</param>
    /// <param name="exchange">Exchange it is published to, empty for the default one.</param>
    /// <param name="routingKey">Routing key it is published with.</param>
    /// <param name="deliveryTag">Unique tag of this message; two equal tags overwrite each other in <c>unacked</c>.</param>
    public static byte[] ToArray(TaskMessage message, string exchange, string routingKey, Guid deliveryTag)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(routingKey);
        using var buffer = WireBuffer.Rent();
        if (!UsualEnvelope.TryWrite(buffer, message, exchange, routingKey, deliveryTag))
        {
            Write(buffer.Json, message, exchange, routingKey, deliveryTag);
            buffer.Flush();
        }

        return buffer.Span.ToArray();
    }

    /// <summary>Property <c>expiration</c> as it travels: milliseconds as text, never negative.</summary>
    public static string MillisecondsOf(TimeSpan expiration) => Math.Max(0, (long)expiration.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads <see cref="MillisecondsOf"/> from UTF-8; anything else is <c>null</c>, since Celery ignores it too.</summary>
    public static TimeSpan? ParseMilliseconds(ReadOnlySpan<byte> utf8) =>
        long.TryParse(utf8, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMillisecond
            ? new TimeSpan(value * TimeSpan.TicksPerMillisecond)
            : null;

    /// <summary>
    /// Reads an envelope. Never throws for what is in it: a message that cannot be read has <see cref="TaskMessage.Problem"/> set, and all fields that could be read.
    /// </summary>
    /// <param name="envelope">The envelope; the array belongs to the message from now on, and its body is decoded in place.</param>
    /// <param name="options">Limits.</param>
    public static EnvelopeContent Read(byte[] envelope, WireOptions options)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        ArgumentNullException.ThrowIfNull(options);
        if (UsualEnvelopeReader.TryRead(envelope, options, out var usual)) return usual;
        var content = new EnvelopeContent(new TaskMessage());
        try
        {
            Read(envelope, ref content, options);
            return content;
        }
        catch (Exception error) when (JsonDialect.IsUnreadable(error))
        {
            return ReadAgain(envelope, content, error, options);
        }
    }

    // Python's bare NaN in a header, or really not JSON.
    private static EnvelopeContent ReadAgain(byte[] envelope, EnvelopeContent soFar, Exception error, WireOptions options)
    {
        if (JsonDialect.QuoteBareFloats(envelope) is { } quoted)
        {
            soFar = new EnvelopeContent(new TaskMessage());
            try
            {
                Read(quoted, ref soFar, options);
                return soFar;
            }
            catch (Exception second) when (JsonDialect.IsUnreadable(second))
            {
                error = second;
            }
        }

        if (soFar.Message.Body.IsEmpty) // what cannot be read is kept whole, for the dead letters
        {
            soFar.Message.Body = envelope;
            soFar.Message.ContentType = "application/octet-stream";
        }

        soFar.Message.Problem = $"its envelope of {envelope.Length} bytes is not JSON: {Printable.Limit(error.Message)}";
        return soFar;
    }

    private static void Read(byte[] json, ref EnvelopeContent content, WireOptions options)
    {
        var message = content.Message;
        var reader = new Utf8JsonReader(json, JsonDialect.ReaderOptions(options));
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            message.Problem = $"its envelope is {WireError.Kind(reader.TokenType)}, not an object";
            return;
        }

        Range body = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var part = reader;
            try
            {
                if (reader.ValueTextEquals(Body.EncodedUtf8Bytes)) body = TextRange(ref reader);
                else if (reader.ValueTextEquals(ContentType.EncodedUtf8Bytes)) message.ContentType = NextText(ref reader, "content-type", TaskMessage.JsonContentType);
                else if (reader.ValueTextEquals(ContentEncoding.EncodedUtf8Bytes)) message.ContentEncoding = NextText(ref reader, "content-encoding", TaskMessage.Utf8ContentEncoding);
                else if (reader.ValueTextEquals(Properties.EncodedUtf8Bytes)) ReadProperties(json, ref reader, ref content);
                else if (reader.ValueTextEquals(Headers.EncodedUtf8Bytes))
                {
                    reader.Read();
                    HeaderReader.Read(message, ref reader, options);
                }
                else reader.Skip();
            }
            catch (MessageFormatException error)
            {
                // The rest is still wanted: without id and reply_to nobody could be told.
                message.Problem ??= error.Reason;
                reader = part;
                if (reader.ValueTextEquals(Headers.EncodedUtf8Bytes))
                {
                    reader.Read();
                    HeaderReader.ReadId(message, reader);
                }

                reader.Skip();
            }
        }

        JsonDialect.EnsureEnd(ref reader, "the envelope");
        if (ReadBody(json, body, content.IsBase64) is { } bytes) message.Body = bytes;
        else message.Problem ??= "its body is not base64, although body_encoding says so";
    }

    private static void ReadProperties(byte[] json, ref Utf8JsonReader reader, ref EnvelopeContent content)
    {
        var message = content.Message;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw HeaderReader.Bad($"its properties are {WireError.Kind(reader.TokenType)}, not an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(CorrelationId.EncodedUtf8Bytes))
            {
                reader.Read();
                // Mostly the task's own id: no second string for it.
                message.CorrelationId = reader.TokenType == JsonTokenType.String && message.Id is { } id && reader.ValueTextEquals(id) ? id : Text(ref reader, "correlation_id");
            }
            else if (reader.ValueTextEquals(ReplyTo.EncodedUtf8Bytes)) message.ReplyTo = NextText(ref reader, "reply_to");
            else if (reader.ValueTextEquals(DeliveryMode.EncodedUtf8Bytes)) message.IsPersistent = NextNumber(ref reader) is not 1;
            else if (reader.ValueTextEquals(Priority.EncodedUtf8Bytes)) message.Priority = (byte)Math.Clamp(NextNumber(ref reader) ?? 0, 0, 255);
            else if (reader.ValueTextEquals(Expiration.EncodedUtf8Bytes)) message.Expiration = NextMilliseconds(ref reader);
            else if (reader.ValueTextEquals(BodyEncoding.EncodedUtf8Bytes)) content = content with { IsBase64 = NextText(ref reader, "body_encoding", "base64") == "base64" };
            else if (reader.ValueTextEquals(DeliveryTag.EncodedUtf8Bytes)) content = WithTag(content, json, ref reader);
            else if (reader.ValueTextEquals(DeliveryInfo.EncodedUtf8Bytes)) ReadDeliveryInfo(ref reader, ref content);
            else reader.Skip();
        }
    }

    private static EnvelopeContent WithTag(in EnvelopeContent content, byte[] json, ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String || reader.ValueIsEscaped)
            return Text(ref reader, "delivery_tag") is { } text ? content with { Tag = Encoding.UTF8.GetBytes(text), HasTag = true } : content with { HasTag = false };
        return content with { Tag = json.AsMemory((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length), HasTag = true };
    }

    private static void ReadDeliveryInfo(ref Utf8JsonReader reader, ref EnvelopeContent content)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(Exchange.EncodedUtf8Bytes)) content = content with { Exchange = NextName(ref reader) };
            else if (reader.ValueTextEquals(RoutingKey.EncodedUtf8Bytes)) content = content with { RoutingKey = NextName(ref reader) };
            else if (reader.ValueTextEquals(Redelivered.EncodedUtf8Bytes))
            {
                reader.Read();
                content = content with { IsRedelivered = reader.TokenType == JsonTokenType.True };
                reader.Skip();
            }
            else reader.Skip();
        }
    }

    private static ReadOnlyMemory<byte>? ReadBody(byte[] owned, Range range, bool isBase64)
    {
        var (start, length) = range.GetOffsetAndLength(owned.Length);
        var body = owned.AsMemory(start, length);
        if (body.Span.Contains((byte)'\\')) // an escaped slash or quote: rare, since base64 needs none and Python's json escapes no slash
        {
            var quoted = new Utf8JsonReader(owned.AsSpan(start - 1, length + 2));
            quoted.Read();
            body = new byte[length];
            body = body[..quoted.CopyString(body.Span)];
        }

        if (!isBase64) return body;
        if (Base64.DecodeFromUtf8InPlace(body.Span, out var decoded) != OperationStatus.Done) return null;
        return body[..decoded];
    }

    private static Range TextRange(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return default;
        if (reader.TokenType != JsonTokenType.String) throw HeaderReader.Bad($"its body is {WireError.Kind(reader.TokenType)}, not text");
        var start = (int)reader.TokenStartIndex + 1;
        return start..(start + reader.ValueSpan.Length);
    }

    private static string? NextText(ref Utf8JsonReader reader, string name, string? usual = null)
    {
        reader.Read();
        return usual is not null && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(usual) ? usual : Text(ref reader, name);
    }

    private static string? Text(ref Utf8JsonReader reader, string name) => reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.String => Converters.WireText.Read(ref reader),
        var other => throw HeaderReader.Bad($"its {name} is {WireError.Kind(other)}, not text"),
    };

    private static string NextName(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String) return TaskNames.Intern(ref reader);
        reader.Skip();
        return "";
    }

    private static int? NextNumber(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var value)) return value;
        reader.Skip();
        return null;
    }

    private static TimeSpan? NextMilliseconds(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType is JsonTokenType.String or JsonTokenType.Number) return ParseMilliseconds(reader.ValueSpan);
        reader.Skip();
        return null;
    }
}
