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

    [LoggerMessage(6010, LogLevel.Information, "Worker {NodeName} consumes queue {Queue} from now on")]
    internal static partial void QueueAdded(ILogger logger, string nodeName, string queue);

    [LoggerMessage(6011, LogLevel.Information, "Worker {NodeName} has left queue {Queue}")]
    internal static partial void QueueCancelled(ILogger logger, string nodeName, string queue);

    [LoggerMessage(6012, LogLevel.Information, "Queue {Queue} is paused: worker {NodeName} starts none of its tasks")]
    internal static partial void QueuePaused(ILogger logger, string nodeName, string queue);

    [LoggerMessage(6013, LogLevel.Information, "Queue {Queue} goes on: worker {NodeName} starts its tasks again")]
    internal static partial void QueueResumed(ILogger logger, string nodeName, string queue);

    [LoggerMessage(6014, LogLevel.Warning, "Worker {NodeName} may not ask its broker which queues are paused, so it takes none for paused")]
    internal static partial void PausesUnknown(ILogger logger, string nodeName, Exception error);

    [LoggerMessage(6006, LogLevel.Error, "A receiver of broadcasts on {Exchange} failed, it goes on with the next")]
    internal static partial void BroadcastReceiverFailed(ILogger logger, string exchange, Exception error);
}
