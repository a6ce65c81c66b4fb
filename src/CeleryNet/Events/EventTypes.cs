namespace CeleryNet.Events;

/// <summary>The names of Celery's events. Celery protocol, events.</summary>
internal static class EventTypes
{
    internal const string WorkerOnline = "worker-online";
    internal const string WorkerHeartbeat = "worker-heartbeat";
    internal const string WorkerOffline = "worker-offline";
    internal const string TaskSent = "task-sent";
    internal const string TaskReceived = "task-received";
    internal const string TaskStarted = "task-started";
    internal const string TaskSucceeded = "task-succeeded";
    internal const string TaskFailed = "task-failed";
    internal const string TaskRetried = "task-retried";
    internal const string TaskRejected = "task-rejected";
    internal const string TaskRevoked = "task-revoked";

    /// <summary>Routing key of a list of events of workers about tasks.</summary>
    internal const string TaskMultiKey = "task.multi";

    internal const string WorkerGroup = "worker-";
    internal const string TaskGroup = "task-";

    /// <summary>Routing key of an event that is sent alone.</summary>
    internal static string RoutingKeyOf(string type) => type.Replace('-', '.');
}
