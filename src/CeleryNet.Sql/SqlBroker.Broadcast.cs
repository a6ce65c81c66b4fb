using System.Collections.Concurrent;
using CeleryNet.Brokers;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using CeleryNet.Sql.Broadcasting;
using CeleryNet.Sql.Databases;
using CeleryNet.Sql.Publishing;

namespace CeleryNet.Sql;

/// <content>Messages to whoever listens: remote control and events.</content>
public sealed partial class SqlBroker : IBroadcaster
{
    private const long KeptMilliseconds = 60_000; // for listeners that are slow or reconnect

    private readonly ConcurrentDictionary<BroadcastListener, byte> _listeners = new();

    /// <inheritdoc/>
    /// <remarks>Nothing is written when nobody listens. Every kind of exchange is a table; the listener chooses by the routing key.</remarks>
    public async ValueTask<int?> BroadcastAsync(Broadcast message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var exchange = message.Exchange.Name;
        var otherwise = $"the message to exchange '{exchange}' was not sent";
        var keys = await AskAsync(otherwise, session => session.QueryAsync("listeners", static row => row.GetString(0), ("exchange", exchange)), cancellationToken).ConfigureAwait(false);
        var listeners = keys.Count(key => Binding.Fits(message.Exchange.Type, key, message.RoutingKey));
        if (listeners == 0) return 0;
        var content = Encode(message);
        await ChangeAsync(otherwise, session => SendAsync(session, exchange, message.RoutingKey, content), cancellationToken).ConfigureAwait(false);
        return listeners;
    }

    /// <inheritdoc/>
    public async ValueTask<IAsyncDisposable> ListenAsync(BroadcastQueue queue, Func<Broadcast, CancellationToken, ValueTask> receive, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentNullException.ThrowIfNull(receive);
        ThrowIfDisposed();
        var listener = new BroadcastListener(_database, queue, receive, _wire, _logger, gone => _listeners.TryRemove(gone, out _));
        _listeners[listener] = 0;
        try
        {
            await listener.StartAsync(_settings.PublishTimeout, cancellationToken).ConfigureAwait(false);
            return listener;
        }
        catch (Exception error)
        {
            await listener.DisposeAsync().ConfigureAwait(false);
            throw error is DatabaseException database ? Unavailable($"nobody listens to exchange '{queue.Exchange.Name}'", database) : error;
        }
    }

    // One after the other, so that a listener that has read an id has seen every lower one.
    private static async ValueTask<bool> SendAsync(SqlSession session, string exchange, string routingKey, byte[] content)
    {
        await session.ScalarAsync<object>("lock-name", ("name", $"broadcast.{exchange}")).ConfigureAwait(false);
        await session.ExecuteAsync("broadcast", ("exchange", exchange), ("routing_key", routingKey), ("lifetime", KeptMilliseconds), ("content", content)).ConfigureAwait(false);
        session.Signal(Topic.Broadcast + exchange);
        return true;
    }

    private static byte[] Encode(Broadcast message)
    {
        var content = new PlainContent(message.Headers, message.Body)
        {
            ContentType = message.ContentType,
            ContentEncoding = message.ContentEncoding,
            IsPersistent = message.IsPersistent,
            Exchange = message.Exchange.Name,
            RoutingKey = message.RoutingKey,
        };
        return PlainEnvelope.Encode(content, TaskId.NewGuid());
    }
}
