namespace CeleryNet.Events;

/// <summary>The field names of Celery's events. Celery protocol, events.</summary>
internal static class EventFields
{
    internal const string Type = "type";
    internal const string NodeName = "hostname";
    internal const string UtcOffset = "utcoffset";
    internal const string ProcessId = "pid";
    internal const string Clock = "clock";
    internal const string Timestamp = "timestamp";
    internal const string TaskId = "uuid";

    /// <summary>True for what every event of a task has by itself.</summary>
    internal static bool IsReserved(string name) => name is Type or NodeName or UtcOffset or ProcessId or Clock or Timestamp or TaskId;
}
