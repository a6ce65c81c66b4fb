using Microsoft.Extensions.Logging;

namespace CeleryNet.Sql.Diagnostics;

/// <summary>What the SQL package says. Ids 3300 to 3399 broker, 4300 to 4349 results.</summary>
internal static partial class Log
{
    [LoggerMessage(3300, LogLevel.Information, "{Product} at {Address}: tables brought from version {From} to {To}")]
    internal static partial void SchemaUpdated(ILogger logger, string product, string address, int from, int to);

    [LoggerMessage(3301, LogLevel.Warning, "{Product} at {Address}: the connection that listens for new messages is lost, connecting again in {DelaySeconds:0.0} s: {Reason}")]
    internal static partial void ListenerLost(ILogger logger, string product, string address, double delaySeconds, string reason);
}
