using StackExchange.Redis;

namespace CeleryNet.Redis.Connections;

/// <summary>What differs between the versions of StackExchange.Redis that this source compiles against.</summary>
internal static class RedisClient
{
    /// <summary>
    /// Lets replies complete independently of each other. With 1.2.6 the ordered default can deadlock when the multiplexer is closed after an await; newer versions have
    /// no order, and make using the property an error.
    /// </summary>
    internal static void KeepNoOrder(ConnectionMultiplexer multiplexer)
    {
#if STACKEXCHANGE_REDIS_1
        multiplexer.PreserveAsyncOrder = false;
#else
        _ = multiplexer;
#endif
    }
}
