using System.Text.Json;
using CeleryNet.Brokers;
using CeleryNet.Serialization;

namespace CeleryNet.Control;

/// <summary>Writes remote control requests as Celery's clients do.</summary>
internal static class ControlMessages
{
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

    private static Broadcast Request(ReadOnlySpan<byte> method, long clock, Action<Utf8JsonWriter> arguments)
    {
        using var buffer = WireBuffer.Rent();
        var writer = buffer.Json;
        writer.WriteStartObject();
        writer.WriteString("method"u8, method);
        writer.WriteStartObject("arguments"u8);
        arguments(writer);
        writer.WriteEndObject();
        writer.WriteNull("destination"u8);
        writer.WriteNull("pattern"u8);
        writer.WriteNull("matcher"u8);
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
