using CeleryNet.RabbitMQ.Connections;
using Microsoft.Extensions.Logging;

namespace CeleryNet.RabbitMQ.Diagnostics;

/// <summary>What this package says.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Debug, "Connected to RabbitMQ at {Endpoint} for {Purpose}")]
    internal static partial void Connected(ILogger logger, RabbitMQEndpoint endpoint, string purpose);

    [LoggerMessage(3001, LogLevel.Debug, "Connection to RabbitMQ at {Endpoint} did not close cleanly: {Reason}")]
    internal static partial void CloseFailed(ILogger logger, RabbitMQEndpoint endpoint, string reason);

    [LoggerMessage(3002, LogLevel.Warning, "RabbitMQ at {Endpoint} takes no messages: {Reason}; publishing waits until it does")]
    internal static partial void Blocked(ILogger logger, RabbitMQEndpoint endpoint, string reason);

    [LoggerMessage(3003, LogLevel.Information, "RabbitMQ at {Endpoint} takes messages again")]
    internal static partial void Unblocked(ILogger logger, RabbitMQEndpoint endpoint);

    [LoggerMessage(3004, LogLevel.Warning, "Connection to RabbitMQ for publishing was lost: {Reason}; {Unconfirmed} unconfirmed messages are sent once more")]
    internal static partial void PublisherLost(ILogger logger, string reason, int unconfirmed);

    [LoggerMessage(3005, LogLevel.Warning, "RabbitMQ cannot be reached for {Purpose}: {Reason}; the next attempt follows in {DelaySeconds} s")]
    internal static partial void Unreachable(ILogger logger, string purpose, string reason, double delaySeconds);

    [LoggerMessage(3006, LogLevel.Warning, "Queue {Queue} did not exist for a message of task {TaskId}, it is declared again and the message sent once more")]
    internal static partial void QueueMissing(ILogger logger, string queue, string taskId);

    [LoggerMessage(3010, LogLevel.Information, "Consumer {Consumer} takes from {Queues} at {Endpoint}, generation {Generation}")]
    internal static partial void Consuming(ILogger logger, string consumer, string queues, RabbitMQEndpoint endpoint, int generation);

    [LoggerMessage(3011, LogLevel.Warning, "Consumer {Consumer} lost its connection: {Reason}; {Unsettled} unsettled deliveries may run twice")]
    internal static partial void ConsumerLost(ILogger logger, string consumer, string reason, int unsettled);

    [LoggerMessage(3012, LogLevel.Warning, "RabbitMQ cancelled consumer {Consumer} of queue {Queue}, probably because the queue was deleted; it is declared again")]
    internal static partial void ConsumerCancelled(ILogger logger, string consumer, string queue);

    [LoggerMessage(3013, LogLevel.Warning, "RabbitMQ does not know consumer {Consumer} of queue {Queue}, seen {Count} times in a row")]
    internal static partial void ConsumerMissing(ILogger logger, string consumer, string queue, int count);

    [LoggerMessage(3014, LogLevel.Error, "Consumer {Consumer} cannot consume: {Reason}; the next attempt follows in {DelaySeconds} s")]
    internal static partial void ConsumerRefused(ILogger logger, string consumer, string reason, double delaySeconds);

    [LoggerMessage(3015, LogLevel.Debug, "Settlement of a delivery of generation {Generation} was dropped, the broker delivers it again")]
    internal static partial void StaleSettlement(ILogger logger, int generation);

    [LoggerMessage(3016, LogLevel.Information, "A queue of consumer {Consumer} knows no prefetch per channel, it is set per consumer")]
    internal static partial void NoGlobalPrefetch(ILogger logger, string consumer);

    [LoggerMessage(3017, LogLevel.Warning, "Consumer {Consumer} of {Queues} was cut off by RabbitMQ at {Endpoint}: a delivery was not settled within the server's consumer_timeout ({Reason}). What runs goes on; all {Unsettled} unsettled deliveries come again. Lower the time limits of the tasks or raise consumer_timeout on the server [CN3007]")]
    internal static partial void ConsumerTimedOut(ILogger logger, string consumer, string queues, RabbitMQEndpoint endpoint, string reason, int unsettled);

    [LoggerMessage(3018, LogLevel.Warning, "Delayed tasks may not reach queue {Queue}: {Reason}")]
    internal static partial void DelayNotBound(ILogger logger, string queue, string reason);

    [LoggerMessage(3019, LogLevel.Warning, "Task {TaskId} of queue {Queue} cannot wait in RabbitMQ and stays with the worker: {Reason}; the like is not told again for a minute")]
    internal static partial void ParkingFailed(ILogger logger, string taskId, string queue, string reason);

    [LoggerMessage(3020, LogLevel.Warning, "A result of {Bytes} bytes that cannot be read was dropped: {Reason}")]
    internal static partial void BadResult(ILogger logger, int bytes, string reason);

    [LoggerMessage(3021, LogLevel.Warning, "More than {Limit} results wait to be asked for; the oldest are dropped (RpcResultOptions.MaxKeptResults)")]
    internal static partial void ResultsDropped(ILogger logger, int limit);

    [LoggerMessage(3023, LogLevel.Debug, "Listening to {Exchange} by queue {Queue} at {Endpoint}")]
    internal static partial void Listening(ILogger logger, string exchange, string queue, RabbitMQEndpoint endpoint);

    [LoggerMessage(3024, LogLevel.Warning, "Listening to {Exchange} was interrupted: {Reason}; what is sent in between is missed")]
    internal static partial void ListenerLost(ILogger logger, string exchange, string reason);

    [LoggerMessage(3025, LogLevel.Warning, "A broadcast of {Bytes} bytes on {Exchange} was left out, it cannot be read: {Reason}")]
    internal static partial void BadBroadcast(ILogger logger, string exchange, int bytes, string reason);

    [LoggerMessage(3026, LogLevel.Error, "The receiver of broadcasts on {Exchange} failed, it goes on with the next")]
    internal static partial void ReceiverFailed(ILogger logger, string exchange, Exception error);

    [LoggerMessage(3027, LogLevel.Information, "Queue {Queue} belongs to another listener, probably a node of the same name; listening by queue {OtherQueue}")]
    internal static partial void QueueNameTaken(ILogger logger, string queue, string otherQueue);

    [LoggerMessage(3022, LogLevel.Debug, "Reply queue {Queue} could not be deleted and expires by itself: {Reason}")]
    internal static partial void ReplyQueueLeft(ILogger logger, string queue, string reason);
}
