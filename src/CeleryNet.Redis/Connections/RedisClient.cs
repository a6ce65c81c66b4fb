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

    /// <summary>
    /// Subscribes a channel whose messages are handed over one after the other, as they arrive. The connection must serve for nothing but subscriptions: with 1.2.6 the order is
    /// that of all its replies, so <paramref name="receive"/> must return at once, and <see cref="KeepNoOrder"/> is called before the connection is closed.
    /// </summary>
    /// <returns>Ends the subscription.</returns>
    internal static async Task<Func<Task<bool>>> SubscribeInOrderAsync(ConnectionMultiplexer multiplexer, RedisChannel channel, Action<byte[]> receive)
    {
        var subscriber = multiplexer.GetSubscriber();
#if STACKEXCHANGE_REDIS_1
        multiplexer.PreserveAsyncOrder = true;
        Action<RedisChannel, RedisValue> handler = (_, message) => receive((byte[]?)message ?? []);
        await subscriber.SubscribeAsync(channel, handler).ConfigureAwait(false);
        await Task.Yield(); // off the thread that completes the replies in their order
        return async () =>
        {
            await subscriber.UnsubscribeAsync(channel, handler).ConfigureAwait(false);
            await Task.Yield();
            return true;
        };
#else
        var queue = await subscriber.SubscribeAsync(channel).ConfigureAwait(false);
        queue.OnMessage(message => receive((byte[]?)message.Message ?? []));
        return async () =>
        {
            await queue.UnsubscribeAsync().ConfigureAwait(false);
            return true;
        };
#endif
    }
}
