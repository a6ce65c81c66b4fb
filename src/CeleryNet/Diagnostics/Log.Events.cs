using Microsoft.Extensions.Logging;

namespace CeleryNet.Diagnostics;

/// <summary>Log events of Celery's events.</summary>
internal static partial class Log
{
    [LoggerMessage(6100, LogLevel.Warning, "Events of {NodeName} wait for the broker, at most {Most} of them: {Reason}")]
    internal static partial void EventsWait(ILogger logger, string nodeName, int most, string reason);

    [LoggerMessage(6101, LogLevel.Information, "Events of {NodeName} are sent again")]
    internal static partial void EventsFlow(ILogger logger, string nodeName);

    [LoggerMessage(6102, LogLevel.Warning, "{Count} events of {NodeName} were dropped, since more than {Most} waited; monitors have missed them")]
    internal static partial void EventsDropped(ILogger logger, string nodeName, long count, int most);

    [LoggerMessage(6103, LogLevel.Warning, "Events of {NodeName} are refused by the broker and dropped, which is said once")]
    internal static partial void EventsRefused(ILogger logger, string nodeName, Exception error);

    [LoggerMessage(6104, LogLevel.Information, "{Count} events of {NodeName} were not sent before the end, monitors miss them")]
    internal static partial void EventsLost(ILogger logger, string nodeName, long count);

    [LoggerMessage(6105, LogLevel.Warning, "An event message of {Bytes} bytes is left out: {Reason}")]
    internal static partial void EventUnreadable(ILogger logger, int bytes, string reason);

    [LoggerMessage(6106, LogLevel.Warning, "{Count} events were dropped so far, since their receiver is more than {Most} behind")]
    internal static partial void EventsMissed(ILogger logger, long count, int most);

    [LoggerMessage(6107, LogLevel.Debug, "Workers were not asked for a heartbeat, so that their next one is waited for: {Reason}")]
    internal static partial void HeartbeatNotAsked(ILogger logger, string reason);
}
