using Microsoft.Extensions.Logging;

namespace CeleryNet.Diagnostics;

/// <summary>Log events of remote control.</summary>
internal static partial class Log
{
    [LoggerMessage(6000, LogLevel.Information, "Revoked are {Count} tasks or stamps more, {Running} running ones are asked to end, {Held} waiting ones have ended")]
    internal static partial void Revoked(ILogger logger, int count, int running, int held);

    [LoggerMessage(6001, LogLevel.Debug, "Control request {Method} is not known to this worker")]
    internal static partial void ControlUnknown(ILogger logger, string method);

    [LoggerMessage(6002, LogLevel.Warning, "Control request {Method} is left out: {Reason}")]
    internal static partial void ControlRefused(ILogger logger, string method, string reason);

    [LoggerMessage(6003, LogLevel.Error, "Control request {Method} failed because of a fault in the worker")]
    internal static partial void ControlFailed(ILogger logger, string method, Exception error);

    [LoggerMessage(6004, LogLevel.Warning, "Worker {NodeName} cannot be steered, since {Broker} carries no remote control: tasks cannot be revoked")]
    internal static partial void NoControl(ILogger logger, string nodeName, string broker);

    [LoggerMessage(6005, LogLevel.Information, "{Count} revocations are known from before")]
    internal static partial void RevocationsLoaded(ILogger logger, int count);

    [LoggerMessage(6007, LogLevel.Warning, "The reply to control request {Method} was not sent: {Reason}")]
    internal static partial void ReplyNotSent(ILogger logger, string method, string reason);

    [LoggerMessage(6008, LogLevel.Warning, "A reply of a worker is left out: {Reason}")]
    internal static partial void ReplyUnreadable(ILogger logger, string reason);

    [LoggerMessage(6009, LogLevel.Warning, "Another worker is named {NodeName} too: both answer to the name, and tools take them for one. Give each a name of its own (Worker.NodeName)")]
    internal static partial void NodeNameTaken(ILogger logger, string nodeName);

    [LoggerMessage(6010, LogLevel.Information, "Worker {NodeName} heard of {Revocations} revocations from {Peers} other workers")]
    internal static partial void Mingled(ILogger logger, string nodeName, int revocations, int peers);

    [LoggerMessage(6011, LogLevel.Warning, "Worker {NodeName} could not ask others what is revoked: {Reason}. It goes on with what it knows")]
    internal static partial void MingleFailed(ILogger logger, string nodeName, string reason);

    [LoggerMessage(6012, LogLevel.Warning, "Worker {NodeName} is stopped by remote control: {Reason}")]
    internal static partial void RemoteShutdown(ILogger logger, string nodeName, string reason);

    [LoggerMessage(6013, LogLevel.Information, "Worker {NodeName} runs up to {Concurrency} tasks at once from now on, by {Reason}")]
    internal static partial void PoolChanged(ILogger logger, string nodeName, int concurrency, string reason);

    [LoggerMessage(6015, LogLevel.Debug, "Up to {Concurrency} tasks run at once from now on, since {Load} run or are ready")]
    internal static partial void PoolScaled(ILogger logger, int concurrency, int load);

    [LoggerMessage(6014, LogLevel.Information, "Worker {NodeName}: events of tasks are {State} by remote control")]
    internal static partial void EventsTurned(ILogger logger, string nodeName, string state);

    [LoggerMessage(6016, LogLevel.Information, "Worker {NodeName} consumes queue {Queue} from now on")]
    internal static partial void QueueAdded(ILogger logger, string nodeName, string queue);

    [LoggerMessage(6017, LogLevel.Information, "Worker {NodeName} has left queue {Queue}")]
    internal static partial void QueueCancelled(ILogger logger, string nodeName, string queue);

    [LoggerMessage(6018, LogLevel.Information, "Queue {Queue} is paused: worker {NodeName} starts none of its tasks")]
    internal static partial void QueuePaused(ILogger logger, string nodeName, string queue);

    [LoggerMessage(6019, LogLevel.Information, "Queue {Queue} goes on: worker {NodeName} starts its tasks again")]
    internal static partial void QueueResumed(ILogger logger, string nodeName, string queue);

    [LoggerMessage(6020, LogLevel.Warning, "Worker {NodeName} may not ask its broker which queues are paused, so it takes none for paused")]
    internal static partial void PausesUnknown(ILogger logger, string nodeName, Exception error);

    [LoggerMessage(6006, LogLevel.Error, "A receiver of broadcasts on {Exchange} failed, it goes on with the next")]
    internal static partial void BroadcastReceiverFailed(ILogger logger, string exchange, Exception error);
}
