using StackExchange.Redis;

namespace CeleryNet.Redis.Connections;

/// <summary>What differs between the versions of StackExchange.Redis that this source compiles against.</summary>
internal static class RedisClient
{
    /// <summary>
    /// Lets replies complete independently of each other. With 1.2.6 the ordered default can deadlock when the multiplexer is closed after an await; newer versions have
    /// no order and mark the property as obsolete.
    /// </summary>
    internal static void KeepNoOrder(ConnectionMultiplexer multiplexer)
    {
#pragma warning disable CS0618 // obsolete in 2.x, needed by 1.2.6
        multiplexer.PreserveAsyncOrder = false;
#pragma warning restore CS0618
        multiplexer.IncludeDetailInExceptions = false;
    }
}
