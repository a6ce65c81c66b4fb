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

    [LoggerMessage(3020, LogLevel.Warning, "A result of {Bytes} bytes that cannot be read was dropped: {Reason}")]
    internal static partial void BadResult(ILogger logger, int bytes, string reason);

    [LoggerMessage(3021, LogLevel.Warning, "More than {Limit} results wait to be asked for; the oldest are dropped (RpcResultOptions.MaxKeptResults)")]
    internal static partial void ResultsDropped(ILogger logger, int limit);

    [LoggerMessage(3022, LogLevel.Debug, "Reply queue {Queue} could not be deleted and expires by itself: {Reason}")]
    internal static partial void ReplyQueueLeft(ILogger logger, string queue, string reason);
}
