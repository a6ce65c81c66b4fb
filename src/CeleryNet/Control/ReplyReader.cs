using System.Globalization;
using System.Text.Json;
using CeleryNet.Serialization;

namespace CeleryNet.Control;

/// <summary>Reads replies into their types. What a worker leaves out, or writes otherwise than expected, is absent.</summary>
internal static class ReplyReader
{
    internal static TaskInfo Task(JsonElement info)
    {
        var delivery = Property(info, "delivery_info");
        return new TaskInfo
        {
            Id = Text(info, "id") ?? throw new JsonException("a task has no id"),
            Name = Text(info, "name") ?? Text(info, "type") ?? "",
            Type = Text(info, "type") ?? Text(info, "name") ?? "",
            Arguments = Property(info, "args"),
            KeywordArguments = Property(info, "kwargs"),
            NodeName = Text(info, "hostname"),
            StartedAt = Number(info, "time_start") is { } seconds && WireTime.TryFromSeconds(seconds, out var since) ? DateTimeOffset.UnixEpoch + since : null,
            IsAcknowledged = Property(info, "acknowledged").ValueKind == JsonValueKind.True,
            Exchange = Text(delivery, "exchange"),
            RoutingKey = Text(delivery, "routing_key"),
            Priority = (int)(Number(delivery, "priority") ?? 0),
            IsRedelivered = Property(delivery, "redelivered").ValueKind == JsonValueKind.True,
            ProcessId = (int?)Number(info, "worker_pid"),
        };
    }

    internal static ScheduledTaskInfo Scheduled(JsonElement entry) =>
        new(Text(entry, "eta") is { } eta && WireTime.TryParse(eta.AsSpan(), out var due) ? due : null, Task(Property(entry, "request")));

    internal static IReadOnlyDictionary<string, QueriedTaskInfo> Queried(JsonElement reply) =>
        reply.EnumerateObject().ToDictionary(task => task.Name, task => new QueriedTaskInfo(task.Value[0].GetString() ?? "", Task(task.Value[1])));

    internal static WorkerStatistics Statistics(JsonElement reply)
    {
        var broker = Property(reply, "broker");
        return new WorkerStatistics
        {
            Total = Property(reply, "total") is { ValueKind: JsonValueKind.Object } total
                ? total.EnumerateObject().ToDictionary(task => task.Name, task => task.Value.GetInt64())
                : new Dictionary<string, long>(),
            ProcessId = (int?)Number(reply, "pid"),
            Uptime = Number(reply, "uptime") is { } seconds && WireTime.TryFromSeconds(seconds, out var uptime) ? uptime : null,
            Concurrency = (int?)Number(Property(reply, "pool"), "max-concurrency"),
            Prefetch = (int?)Number(reply, "prefetch_count"),
            Transport = Text(broker, "transport"),
            BrokerHost = Text(broker, "hostname"),
            Raw = reply,
        };
    }

    internal static ActiveQueue Queue(JsonElement queue)
    {
        var exchange = Property(queue, "exchange");
        return new ActiveQueue(
            Text(queue, "name") ?? "", Text(exchange, "name"), Text(exchange, "type"), Text(queue, "routing_key"), Property(queue, "durable").ValueKind == JsonValueKind.True);
    }

    internal static IReadOnlyList<T> List<T>(JsonElement reply, Func<JsonElement, T> read) => [.. reply.EnumerateArray().Select(read)];

    internal static string TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText(); // a string, so not null

    /// <summary>Reads each reply; one that is an error, or is not understood, is told as such.</summary>
    internal static IReadOnlyDictionary<string, WorkerReply<T>> Read<T>(IReadOnlyDictionary<string, ControlReply> replies, Func<JsonElement, T> read) =>
        replies.ToDictionary(reply => reply.Key, reply => Read(reply.Value, read));

    private static WorkerReply<T> Read<T>(ControlReply reply, Func<JsonElement, T> read)
    {
        if (reply.Error is { } error) return new WorkerReply<T>(default, error);
        try
        {
            return new WorkerReply<T>(read(reply.Value), null);
        }
        catch (Exception unread) when (unread is JsonException or InvalidOperationException or FormatException or IndexOutOfRangeException or KeyNotFoundException or ArgumentException)
        {
            return new WorkerReply<T>(default, string.Create(CultureInfo.InvariantCulture, $"The reply is not of a known form: {unread.Message}"));
        }
    }

    private static JsonElement Property(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    private static string? Text(JsonElement element, string name) => Property(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static double? Number(JsonElement element, string name) => Property(element, name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : null;
}
