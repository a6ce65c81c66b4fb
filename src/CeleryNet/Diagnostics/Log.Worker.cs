using Microsoft.Extensions.Logging;

namespace CeleryNet.Diagnostics;

/// <summary>Log events of the core.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Information, "Worker {NodeName} is ready: {Concurrency} tasks at once from queues {Queues} of {Broker}, results in {Results}")]
    internal static partial void WorkerReady(ILogger logger, string nodeName, int concurrency, string queues, string broker, string results);

    [LoggerMessage(2076, LogLevel.Warning, "Worker {NodeName} has no tasks, so every task fails as not registered. Call AddTasks() in AddTaskQueue in each project that has [Task] methods")]
    internal static partial void WorkerWithoutTasks(ILogger logger, string nodeName);

    [LoggerMessage(2001, LogLevel.Warning, "Worker {NodeName} cannot reach {Broker}, next attempt in {DelaySeconds:F1} s")]
    internal static partial void WorkerWaits(ILogger logger, string nodeName, string broker, double delaySeconds, Exception error);

    [LoggerMessage(2002, LogLevel.Information, "Worker {NodeName} is stopping: {Running} tasks running, {Returned} given back")]
    internal static partial void WorkerStopping(ILogger logger, string nodeName, int running, int returned);

    [LoggerMessage(2003, LogLevel.Information, "Worker {NodeName} stopped")]
    internal static partial void WorkerStopped(ILogger logger, string nodeName);

    [LoggerMessage(2004, LogLevel.Warning, "Worker {NodeName} cancels {Running} tasks that did not end within {ShutdownSeconds} s, they go back to their queue")]
    internal static partial void WorkerCancels(ILogger logger, string nodeName, int running, double shutdownSeconds);

    [LoggerMessage(2005, LogLevel.Critical, "Worker {NodeName} does not start, its configuration does not fit the broker's")]
    internal static partial void WorkerNotStarted(ILogger logger, string nodeName, Exception error);

    [LoggerMessage(2010, LogLevel.Trace, "Task {TaskId} {TaskName} succeeded")]
    internal static partial void TaskSucceeded(ILogger logger, string? taskId, string? taskName);

    [LoggerMessage(2011, LogLevel.Error, "Task {TaskId} {TaskName} failed")]
    internal static partial void TaskFailed(ILogger logger, string? taskId, string? taskName, Exception error);

    [LoggerMessage(2012, LogLevel.Information, "Task {TaskId} {TaskName} goes back to its queue unfinished, since the worker is stopping")]
    internal static partial void TaskGivenBack(ILogger logger, string? taskId, string? taskName);

    [LoggerMessage(2013, LogLevel.Error, "Task {TaskId} {TaskName} from queue {Queue} has no handler in this worker, it is refused. Register it with AddTasks or route it to another queue")]
    internal static partial void TaskNotRegistered(ILogger logger, string taskId, string taskName, string queue);

    [LoggerMessage(2014, LogLevel.Error, "Message {TaskId} {TaskName} from queue {Queue} is refused: {Problem}")]
    internal static partial void MessageRefused(ILogger logger, string taskId, string taskName, string queue, string problem);

    [LoggerMessage(2015, LogLevel.Error, "Task {TaskId} {TaskName} could not be finished because of a fault in the worker")]
    internal static partial void TaskNotFinished(ILogger logger, string taskId, string taskName, Exception error);

    [LoggerMessage(2016, LogLevel.Information, "Task {TaskId} {TaskName} expired at {Expires:O} before it started")]
    internal static partial void TaskExpired(ILogger logger, string? taskId, string? taskName, DateTimeOffset? expires);

    [LoggerMessage(2017, LogLevel.Information, "Task {TaskId} {TaskName} is retried for the {Retries}. time in {DelaySeconds:F1} s")]
    internal static partial void TaskRetries(ILogger logger, string? taskId, string? taskName, int retries, double delaySeconds, Exception? error);

    [LoggerMessage(2018, LogLevel.Error, "Task {TaskId} {TaskName} from queue {Queue} is given up: {Reason}")]
    internal static partial void TaskGivenUp(ILogger logger, string taskId, string taskName, string queue, string reason);

    [LoggerMessage(2019, LogLevel.Warning, "Task {TaskId} {TaskName} from queue {Queue} has no handler in this worker, it goes back for another one in {DelaySeconds:F0} s")]
    internal static partial void TaskGivenBackUnknown(ILogger logger, string taskId, string taskName, string queue, double delaySeconds);

    [LoggerMessage(2021, LogLevel.Warning, "Task {TaskId} {TaskName} cannot be published to queue {Queue} yet, its message stays unacknowledged")]
    internal static partial void NotRepublished(ILogger logger, string? taskId, string? taskName, string queue, Exception error);

    [LoggerMessage(2022, LogLevel.Error, "Task {TaskId} {TaskName} is lost: it was acknowledged early and could not be published to queue {Queue} before the worker stopped")]
    internal static partial void RepublishLost(ILogger logger, string? taskId, string? taskName, string queue);

    [LoggerMessage(4002, LogLevel.Warning, "State of task {TaskId} could not be read from {Results}")]
    internal static partial void StateNotRead(ILogger logger, string taskId, string results, Exception error);

    [LoggerMessage(4000, LogLevel.Warning, "State {State} of task {TaskId} could not be stored")]
    internal static partial void StateNotStored(ILogger logger, string taskId, string state, Exception error);

    [LoggerMessage(4001, LogLevel.Warning, "Result of task {TaskId} ({State}) is not stored in {Results} yet, its message stays unacknowledged until it is")]
    internal static partial void ResultNotStored(ILogger logger, string taskId, string state, string results, Exception error);

    [LoggerMessage(2020, LogLevel.Error, "A round of {Loop} failed, it goes on")]
    internal static partial void LoopRoundFailed(ILogger logger, string loop, Exception error);
}
