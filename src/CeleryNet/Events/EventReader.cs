using System.Text.Json;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.Serialization;

namespace CeleryNet.Events;

/// <summary>Reads event messages: one event, or a list of them. Celery protocol, events.</summary>
internal static class EventReader
{
    // What a broker carries as a name. Longer ones would fill the memory of whoever keeps them.
    private const int LongestName = 255;

    /// <summary>Reads a message and moves the clock on.</summary>
    /// <param name="message">The message.</param>
    /// <param name="clock">The clock of this host.</param>
    /// <param name="now">When it was received.</param>
    /// <param name="wire">Limits.</param>
    /// <exception cref="MessageFormatException">It is no event message; the message tells why.</exception>
    internal static List<ClusterEvent> Read(Broadcast message, LamportClock clock, DateTimeOffset now, WireOptions wire)
    {
        if (message.Body.Length > wire.MaxBodyBytes) throw Bad($"it has more than the limit of {wire.MaxBodyBytes} bytes (MaxBodyBytes)");
        if (message.ContentType is { } type && type != TaskMessage.JsonContentType) throw Bad($"its content type is '{Printable.Limit(type)}'; only {TaskMessage.JsonContentType} is read");
        var root = JsonDialect.Parse(message.Body, wire, Parse, ErrorCodes.BadMessage, "the event");
        var events = new List<ClusterEvent>();
        if (root.ValueKind == JsonValueKind.Array)
            foreach (var item in root.EnumerateArray()) events.Add(ReadOne(item, clock, now));
        else events.Add(ReadOne(root, clock, now));
        return events;
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> json, WireOptions wire)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = wire.MaxDepth });
        return document.RootElement.Clone();
    }

    private static ClusterEvent ReadOne(JsonElement json, LamportClock clock, DateTimeOffset now)
    {
        if (json.ValueKind != JsonValueKind.Object) throw Bad("an event in it is not an object");
        var fields = new FieldReader(json);
        var type = fields.Text(EventFields.Type) ?? throw Bad("an event in it has no 'type'");
        if (IsTooLong(type) || IsTooLong(fields.Text(EventFields.NodeName)) || IsTooLong(fields.Text(EventFields.TaskId)))
            throw Bad($"type, hostname or uuid of an event in it has more than {LongestName} characters");
        var read = EventRecords.Make(type, fields);
        return read with
        {
            NodeName = fields.Text(EventFields.NodeName) ?? "",
            ProcessId = fields.Integer(EventFields.ProcessId),
            Clock = ClockOf(type, fields, clock),
            Timestamp = fields.Moment(EventFields.Timestamp),
            ReceivedAt = now,
            Fields = json,
        };
    }

    // Clients never hear of others, so that the number of a client says nothing: it is put just before the present, as Celery does.
    private static long ClockOf(string type, FieldReader fields, LamportClock clock)
    {
        if (type == EventTypes.TaskSent) return Math.Max(0, clock.Value - 1);
        if (fields.Integer(EventFields.Clock) is not { } number) return clock.Forward();
        clock.Adjust(number);
        return number;
    }

    private static bool IsTooLong(string? name) => name is { Length: > LongestName };

    private static MessageFormatException Bad(string what) => new(ErrorCodes.BadMessage, what);
}
