using System.Collections.Concurrent;
using CeleryNet.Brokers;
using CeleryNet.RabbitMQ.Connections;
using CeleryNet.Serialization;
using Microsoft.Extensions.Logging;

namespace CeleryNet.RabbitMQ.Broadcasting;

/// <summary>All listeners of one broker, and the connection they share. It is not the one that consumes tasks, so neither disturbs the other. Thread-safe.</summary>
internal sealed class Listeners(RabbitMQSettings settings, RabbitMQConnector connector, WireOptions wire, Random random, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly SharedConnection _connections = new(connector, "listen", takesTurns: true);
    private readonly ConcurrentDictionary<string, BroadcastListener> _all = new(); // by queue name

    internal TimeProvider Time => time;

    internal ILogger Logger => logger;

    internal string Address => settings.Address;

    internal Backoff NewBackoff() => new(random);

    /// <summary>Adds a listener under its queue's name, or under a name of its own: two on one connection would share the messages of one queue.</summary>
    internal BroadcastQueue Add(BroadcastQueue queue, BroadcastListener listener)
    {
        var own = queue;
        while (!_all.TryAdd(own.Name, listener)) own = queue with { Name = $"{queue.Name}.{Guid.NewGuid():N}" };
        return own;
    }

    internal void Remove(BroadcastQueue queue, BroadcastListener listener) => _all.TryRemove(new KeyValuePair<string, BroadcastListener>(queue.Name, listener));

    internal async Task<BroadcastSession> OpenAsync(BroadcastQueue queue, CancellationToken cancellationToken) =>
        await BroadcastSession.OpenAsync(queue, await _connections.GetAsync(cancellationToken).ConfigureAwait(false), wire, logger).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _all.Values) await listener.DisposeAsync().ConfigureAwait(false);
        await _connections.DisposeAsync().ConfigureAwait(false);
    }
}
