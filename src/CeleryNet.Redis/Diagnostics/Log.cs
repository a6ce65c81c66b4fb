using Microsoft.Extensions.Logging;

namespace CeleryNet.Redis.Diagnostics;

/// <summary>What the Redis package says. Ids 3100 to 3199 broker, 4100 to 4149 results.</summary>
internal static partial class Log
{
    [LoggerMessage(3100, LogLevel.Debug, "Redis {Address} connected for {Role}, server {ServerVersion}")]
    internal static partial void Connected(ILogger logger, string address, string role, string serverVersion);

    [LoggerMessage(3101, LogLevel.Warning, "Redis {Address} lost for {Role}: {Reason}; connecting again")]
    internal static partial void ConnectionLost(ILogger logger, string address, string role, string reason);

    [LoggerMessage(3102, LogLevel.Warning, "Redis {Address} cannot be reached for {Role}, next attempt in {DelaySeconds:0.0} s: {Reason}")]
    internal static partial void ConnectFailed(ILogger logger, string address, string role, double delaySeconds, string reason);

    [LoggerMessage(3103, LogLevel.Debug, "Redis connection for {Role} did not close cleanly: {Reason}")]
    internal static partial void CloseFailed(ILogger logger, string role, string reason);

    [LoggerMessage(3110, LogLevel.Information, "Consumer {HolderId} takes from {Queues}, lease {LeaseSeconds} s, generation {Generation}")]
    internal static partial void ConsumerOpened(ILogger logger, string holderId, string queues, double leaseSeconds, int generation);

    [LoggerMessage(3111, LogLevel.Warning, "Consumer {HolderId} lost its lease; its {Count} unsettled deliveries go to other workers, tasks of them that already run may run twice")]
    internal static partial void LeaseLost(ILogger logger, string holderId, int count);

    [LoggerMessage(3112, LogLevel.Warning, "{Loop} failed and goes on: {Reason}")]
    internal static partial void RoundFailed(ILogger logger, string loop, string reason);

    [LoggerMessage(3113, LogLevel.Information, "Redis {Address} has no BLMOVE (it came with 6.2): new messages are found by polling, every {MaxMilliseconds} ms when idle")]
    internal static partial void PollingInstead(ILogger logger, string address, double maxMilliseconds);

    [LoggerMessage(3114, LogLevel.Warning, "Returned {Count} messages of the dead consumer {HolderId} to their queues, they may run twice")]
    internal static partial void DeadHolderReturned(ILogger logger, string holderId, int count);

    [LoggerMessage(3115, LogLevel.Warning, "Returned {Count} messages whose visibility timeout of {TimeoutSeconds} s ended, they may run twice")]
    internal static partial void ExpiredReturned(ILogger logger, int count, double timeoutSeconds);

    [LoggerMessage(3116, LogLevel.Information, "Found {Count} messages of a take whose answer was lost; nothing was lost")]
    internal static partial void LostTakeFound(ILogger logger, int count);

    [LoggerMessage(3117, LogLevel.Warning, "{Count} unsettled deliveries of consumer {HolderId} could not be returned, they go to other workers when its lease ends: {Reason}")]
    internal static partial void ReturnFailed(ILogger logger, int count, string holderId, string reason);

    [LoggerMessage(3118, LogLevel.Warning, "A message in '{Key}' of {Length} bytes could not be returned: {Reason}")]
    internal static partial void EntryUnreadable(ILogger logger, string key, int length, string reason);

    [LoggerMessage(3119, LogLevel.Warning, "A parked message that is due could not be put into its queue, trying again in 5 s: {Reason}")]
    internal static partial void HandBackFailed(ILogger logger, string reason);

    [LoggerMessage(3120, LogLevel.Debug, "Listening to {Queue} again, what was sent meanwhile is missed")]
    internal static partial void ListeningAgain(ILogger logger, string queue);

    [LoggerMessage(3121, LogLevel.Warning, "A message of {Length} bytes to {Queue} was ignored: {Reason}")]
    internal static partial void BroadcastUnreadable(ILogger logger, string queue, int length, string reason);

    [LoggerMessage(3122, LogLevel.Error, "The listener of {Queue} failed at a message, which is lost: {Reason}")]
    internal static partial void ListenerFailed(ILogger logger, string queue, string reason, Exception error);

    [LoggerMessage(3123, LogLevel.Error, "The listener of {Queue} is more than {Count} messages behind, the oldest are lost, {Lost} so far")]
    internal static partial void BroadcastDropped(ILogger logger, string queue, int count, long lost);

    [LoggerMessage(3124, LogLevel.Warning, "The answer to what stored a result and sent task {TaskId} was lost, both are done again and the task may run twice: {Reason}")]
    internal static partial void RelayLost(ILogger logger, string? taskId, string reason);

    [LoggerMessage(4100, LogLevel.Debug, "Result subscriptions restored: {Count}")]
    internal static partial void SubscriptionsRestored(ILogger logger, int count);

    [LoggerMessage(4101, LogLevel.Warning, "A result document in '{Key}' of {Length} bytes was ignored: {Reason}")]
    internal static partial void BadDocument(ILogger logger, string key, int length, string reason);

    [LoggerMessage(4102, LogLevel.Warning, "Result subscriptions could not be restored, trying again: {Reason}")]
    internal static partial void RestoreFailed(ILogger logger, string reason);
}
