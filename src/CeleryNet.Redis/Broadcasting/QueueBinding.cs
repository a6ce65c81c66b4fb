using CeleryNet.Brokers;
using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Layout;
using StackExchange.Redis;

namespace CeleryNet.Redis.Broadcasting;

/// <summary>The binding of a listener's queue in the set of its exchange. It goes with the listener; those of listeners that died stay, as kombu's do.</summary>
/// <param name="keys">The keys.</param>
/// <param name="queue">The queue.</param>
/// <param name="ask">Runs a command over the broker's own connection.</param>
internal sealed class QueueBinding(RedisKeys keys, BroadcastQueue queue, Func<Func<RedisSession, Task<long>>, CancellationToken, Task<long>> ask)
{
    private readonly RedisKey _bindings = keys.Bindings(queue.Exchange.Name);
    private readonly string _member = new Binding(queue.RoutingKey, "", queue.Name).Write(keys.Separator);

    /// <summary>Binds the queue; harmless when it is bound.</summary>
    /// <exception cref="BrokerUnavailableException">Redis cannot be reached.</exception>
    internal Task AddAsync(CancellationToken cancellationToken) =>
        ask(session => session.Database.SetAddAsync(_bindings, [_member]), cancellationToken);

    /// <summary>Unbinds the queue and deletes its lists.</summary>
    /// <exception cref="BrokerUnavailableException">Redis cannot be reached.</exception>
    internal async Task RemoveAsync(params RedisKey[] lists)
    {
        await ask(session => session.Database.SetRemoveAsync(_bindings, [_member]), CancellationToken.None).ConfigureAwait(false);
        if (lists.Length > 0) await ask(session => session.Database.KeyDeleteAsync(lists), CancellationToken.None).ConfigureAwait(false);
    }
}
