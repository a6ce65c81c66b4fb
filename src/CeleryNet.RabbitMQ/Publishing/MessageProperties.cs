using System.Buffers.Binary;
using System.Globalization;
using CeleryNet.Brokers;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using RabbitMQ.Client;

namespace CeleryNet.RabbitMQ.Publishing;

/// <summary>
/// The AMQP properties of one message, exactly those kombu writes. It writes its own bytes, since the client's <c>BasicProperties</c> leaves out a priority of 0, which
/// kombu always sends. Not changed after it was made.
/// </summary>
internal sealed class MessageProperties : IReadOnlyBasicProperties, IAmqpHeader
{
    // What RabbitMQ takes in one frame unless it is told otherwise is 128 KiB, and the properties of a message must fit into one.
    private const int MaxBytes = 120 * 1024;
    private const ushort BasicClass = 60;

    private readonly Dictionary<string, object?> _headers;
    private readonly int _size;

    private MessageProperties(Dictionary<string, object?> headers, string? contentType, string? contentEncoding, string? correlationId, string? replyTo, string? expiration)
    {
        _headers = headers;
        (ContentType, ContentEncoding, CorrelationId, ReplyTo, Expiration) = (contentType, contentEncoding, correlationId, replyTo, expiration);
        _size = 2 + Measure(contentType) + Measure(contentEncoding) + AmqpTable.Measure(headers) + 2 + Measure(correlationId) + Measure(replyTo) + Measure(expiration);
        if (_size > MaxBytes) throw new ArgumentException($"headers and properties have {_size} bytes but RabbitMQ takes at most {MaxBytes}");
    }

    public string? ContentType { get; }

    public string? ContentEncoding { get; }

    public IDictionary<string, object?>? Headers => _headers;

    public DeliveryModes DeliveryMode { get; private init; }

    public byte Priority { get; private init; }

    public string? CorrelationId { get; }

    public string? ReplyTo { get; }

    public string? Expiration { get; }

    public bool Persistent => DeliveryMode == DeliveryModes.Persistent;

    public string? MessageId => null;

    public AmqpTimestamp Timestamp => default;

    public string? Type => null;

    public string? UserId => null;

    public string? AppId => null;

    public string? ClusterId => null;

    public PublicationAddress? ReplyToAddress => null;

    ushort IAmqpHeader.ProtocolClassId => BasicClass;

    /// <summary>The properties of a task message.</summary>
    /// <exception cref="ArgumentException">AMQP cannot carry one of them.</exception>
    internal static MessageProperties Of(TaskMessage message) => new(
        HeaderTable.Write(message),
        message.ContentType ?? TaskMessage.JsonContentType,
        message.ContentEncoding ?? TaskMessage.Utf8ContentEncoding,
        message.CorrelationId ?? message.Id ?? "",
        message.ReplyTo ?? "",
        message.Expiration is { } expiration ? Milliseconds(expiration) : null)
    {
        DeliveryMode = message.IsPersistent ? DeliveryModes.Persistent : DeliveryModes.Transient,
        Priority = message.Priority,
    };

    /// <summary>The properties of a message that was received and goes back as it came: what it did not have is not added.</summary>
    /// <param name="message">The message.</param>
    /// <param name="isProtocol2">False: it came without the headers of a task, which were then read from its body.</param>
    /// <exception cref="ArgumentException">AMQP cannot carry one of them.</exception>
    internal static MessageProperties OfReceived(TaskMessage message, bool isProtocol2) => new(
        ReceivedHeaders(message, isProtocol2),
        message.ContentType,
        message.ContentEncoding,
        message.CorrelationId,
        message.ReplyTo,
        message.Expiration is { } expiration ? Milliseconds(expiration) : null)
    {
        DeliveryMode = message.IsPersistent ? DeliveryModes.Persistent : DeliveryModes.Transient,
        Priority = message.Priority,
    };

    /// <summary>The properties of a broadcast: not persistent, for nobody in particular.</summary>
    /// <exception cref="ArgumentException">AMQP cannot carry one of them.</exception>
    internal static MessageProperties Of(Broadcast message) =>
        new(new Dictionary<string, object?>(message.Headers), message.ContentType, message.ContentEncoding, correlationId: null, replyTo: null, expiration: null)
        {
            DeliveryMode = DeliveryModes.Transient,
        };

    /// <summary>The properties of a result sent to a reply queue: no headers, not persistent.</summary>
    internal static MessageProperties OfReply(string correlationId) =>
        new([], TaskMessage.JsonContentType, TaskMessage.Utf8ContentEncoding, correlationId, replyTo: null, expiration: null) { DeliveryMode = DeliveryModes.Transient };

    int IAmqpWriteable.GetRequiredBufferSize() => _size;

    int IAmqpWriteable.WriteTo(Span<byte> span)
    {
        // Property flags in the order of the properties, from the highest bit: headers, mode and priority always.
        var flags = 0b0011_1000_0000_0000;
        if (ContentType is not null) flags |= 1 << 15;
        if (ContentEncoding is not null) flags |= 1 << 14;
        if (CorrelationId is not null) flags |= 1 << 10;
        if (ReplyTo is not null) flags |= 1 << 9;
        if (Expiration is not null) flags |= 1 << 8;
        BinaryPrimitives.WriteUInt16BigEndian(span, (ushort)flags);

        var offset = 2;
        if (ContentType is not null) offset += AmqpTable.WriteShort(span[offset..], ContentType);
        if (ContentEncoding is not null) offset += AmqpTable.WriteShort(span[offset..], ContentEncoding);
        offset += AmqpTable.Write(span[offset..], _headers);
        span[offset++] = (byte)DeliveryMode;
        span[offset++] = Priority;
        if (CorrelationId is not null) offset += AmqpTable.WriteShort(span[offset..], CorrelationId);
        if (ReplyTo is not null) offset += AmqpTable.WriteShort(span[offset..], ReplyTo);
        if (Expiration is not null) offset += AmqpTable.WriteShort(span[offset..], Expiration);
        return offset;
    }

    public bool IsContentTypePresent() => ContentType is not null;

    public bool IsContentEncodingPresent() => ContentEncoding is not null;

    public bool IsHeadersPresent() => true;

    public bool IsDeliveryModePresent() => true;

    public bool IsPriorityPresent() => true;

    public bool IsCorrelationIdPresent() => CorrelationId is not null;

    public bool IsReplyToPresent() => ReplyTo is not null;

    public bool IsExpirationPresent() => Expiration is not null;

    public bool IsMessageIdPresent() => false;

    public bool IsTimestampPresent() => false;

    public bool IsTypePresent() => false;

    public bool IsUserIdPresent() => false;

    public bool IsAppIdPresent() => false;

    public bool IsClusterIdPresent() => false;

    private static int Measure(string? text) => text is null ? 0 : 1 + AmqpTable.ShortLength(text);

    // With a header "task" a worker would read the body of protocol 1 as one of protocol 2.
    private static Dictionary<string, object?> ReceivedHeaders(TaskMessage message, bool isProtocol2)
    {
        if (!isProtocol2) return new Dictionary<string, object?>(message.CustomHeaders ?? NoHeaders);
        var headers = HeaderTable.Write(message);
        if (message.IgnoreResult is null) headers.Remove(TaskHeaders.IgnoreResult); // absent leaves it to the task, false does not
        return headers;
    }

    private static readonly Dictionary<string, object?> NoHeaders = [];

    // A moment that has passed already is 0, as in Celery: the broker then drops the message instead of refusing it.
    private static string Milliseconds(TimeSpan expiration) => Math.Max(0L, (long)expiration.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
