using Microsoft.Extensions.Logging;

namespace CeleryNet.Diagnostics;

/// <summary>Log messages of the core. Event ids: 1000 client, 2000 worker, 3000 broker, 4000 results.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "Task queue uses broker {Broker} and results {Results}")]
    internal static partial void Started(ILogger logger, string broker, string results);

    [LoggerMessage(1001, LogLevel.Trace, "Task {TaskId} {TaskName} sent with routing key {RoutingKey}")]
    internal static partial void TaskSent(ILogger logger, string? taskId, string? taskName, string routingKey);

    [LoggerMessage(1002, LogLevel.Trace, "{Count} tasks sent in one batch")]
    internal static partial void BatchSent(ILogger logger, int count);

    [LoggerMessage(1003, LogLevel.Warning, "Result of task {TaskId} cannot be looked up, the wait goes on: {Reason}")]
    internal static partial void ResultLookupFailed(ILogger logger, string taskId, string reason);

    [LoggerMessage(1010, LogLevel.Debug, "Task {TaskId} {TaskName} is not sent: task {FormerId} with the same key is under way")]
    internal static partial void DuplicateNotSent(ILogger logger, string? taskId, string? taskName, string? formerId);
}
