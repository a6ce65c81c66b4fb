using CeleryNet.Chaos.Tests.Servers;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>Ids of log events that rows count.</summary>
internal static class LogEvents
{
    /// <summary>RabbitMQ: a consumer lost its connection.</summary>
    internal const int ConsumerLost = 3011;

    /// <summary>RabbitMQ: an attempt to connect failed.</summary>
    internal const int Unreachable = 3005;

    /// <summary>RabbitMQ: a consumer was cut off by <c>consumer_timeout</c>.</summary>
    internal const int ConsumerTimedOut = 3017;

    /// <summary>Redis: a connection was lost.</summary>
    internal const int ConnectionLost = 3101;

    /// <summary>Redis: an attempt to connect failed.</summary>
    internal const int ConnectFailed = 3102;

    internal static int LostOf(BrokerKind broker) => broker == BrokerKind.RabbitMQ ? ConsumerLost : ConnectionLost;

    internal static int AttemptFailedOf(BrokerKind broker) => broker == BrokerKind.RabbitMQ ? Unreachable : ConnectFailed;
}
