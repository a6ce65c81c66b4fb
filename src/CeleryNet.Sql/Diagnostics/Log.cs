using Microsoft.Extensions.Logging;

namespace CeleryNet.Sql.Diagnostics;

/// <summary>What the SQL package says. Ids 3300 to 3399 broker, 4300 to 4349 results.</summary>
internal static partial class Log
{
    [LoggerMessage(3300, LogLevel.Information, "{Product} at {Address}: tables brought from version {From} to {To}")]
    internal static partial void SchemaUpdated(ILogger logger, string product, string address, int from, int to);

    [LoggerMessage(4300, LogLevel.Information, "{Product} at {Address}: tables of Celery's database backend made")]
    internal static partial void CeleryTablesMade(ILogger logger, string product, string address);

    [LoggerMessage(4301, LogLevel.Warning, "Result of task {TaskId} cannot be read, whoever waits for it is not told: {Reason}")]
    internal static partial void BadPickle(ILogger logger, string taskId, string reason);

    [LoggerMessage(3301, LogLevel.Warning, "{Product} at {Address}: the connection that listens for new messages is lost, connecting again in {DelaySeconds:0.0} s: {Reason}")]
    internal static partial void ListenerLost(ILogger logger, string product, string address, double delaySeconds, string reason);

    [LoggerMessage(3310, LogLevel.Information, "Consumer {ConsumerId} takes from {Queues}, lease {LeaseSeconds} s, generation {Generation}")]
    internal static partial void ConsumerOpened(ILogger logger, long consumerId, string queues, double leaseSeconds, int generation);

    [LoggerMessage(3311, LogLevel.Warning, "Consumer {ConsumerId} lost its lease; its {Count} unsettled deliveries go to other workers, tasks of them that already run may run twice")]
    internal static partial void LeaseLost(ILogger logger, long consumerId, int count);

    [LoggerMessage(3312, LogLevel.Warning, "{Loop} failed and goes on: {Reason}")]
    internal static partial void RoundFailed(ILogger logger, string loop, string reason);

    [LoggerMessage(3313, LogLevel.Warning, "{Product} at {Address} gives no messages, next attempt in {DelaySeconds:0.0} s: {Reason}")]
    internal static partial void TakeFailed(ILogger logger, string product, string address, double delaySeconds, string reason);

    [LoggerMessage(3314, LogLevel.Warning, "Returned {Count} messages of {Consumers} dead consumers to their queues, they may run twice")]
    internal static partial void DeadReturned(ILogger logger, int count, int consumers);

    [LoggerMessage(3315, LogLevel.Warning, "{Product} at {Address} did not take the end of {Count} deliveries and is asked again, they may run twice: {Reason}")]
    internal static partial void NotSettled(ILogger logger, string product, string address, int count, string reason);

    [LoggerMessage(3316, LogLevel.Warning, "{Product} at {Address} did not take a task that waits for its time, the worker keeps it: {Reason}")]
    internal static partial void NotParked(ILogger logger, string product, string address, string reason);

    [LoggerMessage(3317, LogLevel.Warning, "{Product} at {Address} did not take the count of a task's starts: {Reason}")]
    internal static partial void NotRewritten(ILogger logger, string product, string address, string reason);

    [LoggerMessage(3318, LogLevel.Warning, "Consumer {ConsumerId} could not return what it holds; others get it when its lease of {LeaseSeconds} s ends: {Reason}")]
    internal static partial void CloseFailed(ILogger logger, long consumerId, double leaseSeconds, string reason);

    [LoggerMessage(3320, LogLevel.Warning, "Listener {Queue} left out a message that cannot be read: {Reason}")]
    internal static partial void BroadcastUnreadable(ILogger logger, string queue, string reason);

    [LoggerMessage(3321, LogLevel.Error, "Listener {Queue} failed for one message and goes on")]
    internal static partial void ListenerFailed(ILogger logger, string queue, Exception error);

    [LoggerMessage(3330, LogLevel.Information, "The relay of the outbox at {Address} sends to {Broker}")]
    internal static partial void RelayLeads(ILogger logger, string address, string broker);

    [LoggerMessage(3331, LogLevel.Warning, "The relay of the outbox at {Address} could not send {Count} tasks to {Broker}, next attempt in {DelaySeconds:0.0} s: {Reason}")]
    internal static partial void RelayFailed(ILogger logger, string address, int count, string broker, double delaySeconds, string reason);
}
