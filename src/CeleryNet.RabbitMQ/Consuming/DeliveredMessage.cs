using System.Globalization;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using RabbitMQ.Client;

namespace CeleryNet.RabbitMQ.Consuming;

/// <summary>Reads what arrived into a message of its own.</summary>
internal static class DeliveredMessage
{
    internal static TaskMessage Read(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, WireOptions wire)
    {
        var isTooLarge = body.Length > wire.MaxBodyBytes;
        var message = new TaskMessage
        {
            ContentType = properties.ContentType,
            ContentEncoding = properties.ContentEncoding,
            CorrelationId = properties.CorrelationId,
            ReplyTo = properties.ReplyTo,
            Priority = properties.Priority,
            IsPersistent = properties.DeliveryMode == DeliveryModes.Persistent,
            Expiration = ExpirationOf(properties.Expiration),
            Body = isTooLarge ? default : body.ToArray(), // the client uses its buffer again
        };
        if (properties.Headers is { } headers)
        {
            RemoveDeathNotes(headers);
            HeaderTable.Read(message, headers, wire);
        }

        if (isTooLarge) message.Problem ??= $"its body has {body.Length} bytes, more than {wire.MaxBodyBytes} (MaxBodyBytes)";
        return message;
    }

    // What the broker wrote when it moved the message by dead-lettering, as delayed delivery does. Sent along with the message again, the broker would take its way for a circle and drop it.
    private static void RemoveDeathNotes(IDictionary<string, object?> headers)
    {
        headers.Remove("x-delivery-count");
        if (!headers.Remove("x-death")) return;
        foreach (var note in DeathNotes) headers.Remove(note);
    }

    private static readonly string[] DeathNotes =
        ["x-first-death-exchange", "x-first-death-queue", "x-first-death-reason", "x-last-death-exchange", "x-last-death-queue", "x-last-death-reason"];

    // The longest a TimeSpan from milliseconds takes is far above what RabbitMQ accepts (2^32 ms).
    private static TimeSpan? ExpirationOf(string? text) =>
        text is not null && uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) ? TimeSpan.FromMilliseconds(milliseconds) : null;
}
