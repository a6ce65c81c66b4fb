using System.Text.Json;
using CeleryNet.Brokers;
using CeleryNet.Serialization;

namespace CeleryNet.Control;

/// <summary>Writes remote control requests as Celery's clients do.</summary>
internal static class ControlMessages
{
    /// <summary>Argument of <c>ping</c>: the queue to look at.</summary>
    internal const string LookAt = "celerynet_queue";

    /// <summary>Argument that marks what is sent to Python workers because a queue is paused or goes on.</summary>
    internal const string OfPause = "celerynet_pause";

    private const string SignalName = "SIGTERM"; // what Celery's clients send by default; a process signal means nothing to a worker that runs its tasks in threads

    internal static Broadcast Revoke(IReadOnlyCollection<string> taskIds, bool terminate, long clock) => Request("revoke"u8, clock, writer =>
    {
        writer.WritePropertyName("task_id"u8);
        if (taskIds.Count == 1) writer.WriteStringValue(taskIds.First());
        else Write(writer, taskIds);
        writer.WriteBoolean("terminate"u8, terminate);
        writer.WriteString("signal"u8, SignalName);
    });

    internal static Broadcast RevokeByStamp(string stamp, IReadOnlyCollection<string> values, bool terminate, long clock) => Request("revoke_by_stamped_headers"u8, clock, writer =>
    {
        writer.WriteStartObject("headers"u8);
        writer.WritePropertyName(stamp);
        Write(writer, values);
        writer.WriteEndObject();
        writer.WriteBoolean("terminate"u8, terminate);
        writer.WriteString("signal"u8, SignalName);
    });

    /// <summary>Asks C# workers to look whether a queue is paused. A <c>ping</c>, since Python workers do nothing at one, whatever its arguments.</summary>
    internal static Broadcast LookAtQueue(string queue, long clock) => Request("ping"u8, clock, writer => writer.WriteString(LookAt, queue));

    /// <summary>Tells Python workers to leave a queue; C# workers go by the flag.</summary>
    internal static Broadcast CancelConsumer(string queue, IReadOnlyCollection<string> nodes, long clock) => Request(
        "cancel_consumer"u8,
        clock,
        writer =>
        {
            writer.WriteString("queue"u8, queue);
            writer.WriteBoolean(OfPause, true);
        },
        nodes);

    /// <summary>Tells Python workers to take a queue up again that they know; C# workers go by the flag.</summary>
    internal static Broadcast AddConsumer(string queue, IReadOnlyCollection<string> nodes, long clock) => Request(
        "add_consumer"u8,
        clock,
        writer =>
        {
            writer.WriteString("queue"u8, queue);
            writer.WriteBoolean(OfPause, true);
        },
        nodes);

    /// <summary>A request without arguments that every worker answers.</summary>
    internal static Broadcast Ask(string method, BroadcastQueue replies, string ticket, long clock) =>
        Request(System.Text.Encoding.UTF8.GetBytes(method), clock, static _ => { }, replies: replies, ticket: ticket);

    private static Broadcast Request(
        ReadOnlySpan<byte> method, long clock, Action<Utf8JsonWriter> arguments, IReadOnlyCollection<string>? nodes = null, BroadcastQueue? replies = null, string? ticket = null)
    {
        using var buffer = WireBuffer.Rent();
        var writer = buffer.Json;
        writer.WriteStartObject();
        writer.WriteString("method"u8, method);
        writer.WriteStartObject("arguments"u8);
        arguments(writer);
        writer.WriteEndObject();
        writer.WritePropertyName("destination"u8);
        if (nodes is null) writer.WriteNullValue();
        else Write(writer, nodes);
        writer.WriteNull("pattern"u8);
        writer.WriteNull("matcher"u8);
        if (replies is not null)
        {
            writer.WriteString("ticket"u8, ticket);
            writer.WriteStartObject("reply_to"u8);
            writer.WriteString("exchange"u8, replies.Exchange.Name);
            writer.WriteString("routing_key"u8, replies.RoutingKey);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        buffer.Flush();
        return new Broadcast
        {
            Exchange = ControlExchange.Requests,
            Headers = new Dictionary<string, object?> { ["clock"] = clock, ["expires"] = 0L }, // no worker looks at the second
            Body = buffer.Span.ToArray(),
        };
    }

    private static void Write(Utf8JsonWriter writer, IEnumerable<string> values)
    {
        writer.WriteStartArray();
        foreach (var value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }
}
