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

    internal static Action<Utf8JsonWriter> Revoke(IReadOnlyCollection<string> taskIds, bool terminate) => writer =>
    {
        writer.WritePropertyName("task_id"u8);
        if (taskIds.Count == 1) writer.WriteStringValue(taskIds.First());
        else writer.WriteTexts(taskIds);
        writer.WriteBoolean("terminate"u8, terminate);
        writer.WriteString("signal"u8, SignalName);
    };

    internal static Action<Utf8JsonWriter> RevokeByStamp(string stamp, IReadOnlyCollection<string> values, bool terminate) => writer =>
    {
        writer.WriteStartObject("headers"u8);
        writer.WritePropertyName(stamp);
        writer.WriteTexts(values);
        writer.WriteEndObject();
        writer.WriteBoolean("terminate"u8, terminate);
        writer.WriteString("signal"u8, SignalName);
    };

    /// <summary>Arguments of a <c>ping</c> by which C# workers look whether a queue is paused; Python workers do nothing at one, whatever its arguments.</summary>
    internal static Action<Utf8JsonWriter> LookAtQueue(string queue) => writer => writer.WriteString(LookAt, queue);

    /// <summary>Arguments of <c>cancel_consumer</c> and <c>add_consumer</c> that only Python workers follow; C# workers go by the flag.</summary>
    internal static Action<Utf8JsonWriter> QueueOfPause(string queue) => writer =>
    {
        writer.WriteString("queue"u8, queue);
        writer.WriteBoolean(OfPause, true);
    };

    /// <summary>A request.</summary>
    /// <param name="call">What is asked of whom.</param>
    /// <param name="address">Ticket and reply key; <c>null</c> when no reply is wanted.</param>
    /// <param name="clock">Number of the message.</param>
    /// <param name="expires">When the client waits no longer, in seconds since 1970; 0 when it does not wait. No worker looks at it.</param>
    internal static Broadcast Request(ControlCall call, (string Ticket, string ClientId)? address, long clock, double expires)
    {
        using var buffer = WireBuffer.Rent();
        var writer = buffer.Json;
        writer.WriteStartObject();
        writer.WriteString("method"u8, call.Command);
        writer.WriteStartObject("arguments"u8);
        call.Arguments?.Invoke(writer);
        writer.WriteEndObject();
        writer.WritePropertyName("destination"u8);
        if (call.Options.Destinations is { Count: > 0 } nodes) writer.WriteTexts(nodes);
        else writer.WriteNullValue();
        writer.WriteString("pattern"u8, call.Options.Pattern);
        writer.WriteString("matcher"u8, call.Options.Pattern is null ? null : "glob");
        if (address is { } client)
        {
            writer.WriteString("ticket"u8, client.Ticket);
            writer.WriteStartObject("reply_to"u8);
            writer.WriteString("exchange"u8, ControlExchange.Replies.Name);
            writer.WriteString("routing_key"u8, client.ClientId);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        buffer.Flush();
        return new Broadcast
        {
            Exchange = ControlExchange.Requests,
            Headers = new Dictionary<string, object?> { ["clock"] = clock, ["expires"] = expires > 0 ? expires : 0L },
            Body = buffer.Span.ToArray(),
        };
    }
}
