using System.Collections.Concurrent;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.Redis.Broadcasting;
using CeleryNet.Serialization;
using StackExchange.Redis;

namespace CeleryNet.Redis;

public sealed partial class RedisBroker : IBroadcaster
{
    private readonly ConcurrentDictionary<FanoutListener, byte> _fanoutListeners = new();
    private readonly ConcurrentDictionary<ListListener, byte> _listListeners = new();

    /// <inheritdoc/>
    /// <remarks>
    /// <c>fanout</c> and <c>topic</c> exchanges are channels, as Celery has it for control and events on Redis; a <c>direct</c> exchange goes by its bindings to the lists of its queues.
    /// Those who listen at a replica of this server are not counted; Celery's own listeners never do, since they write their binding first.
    /// </remarks>
    public async ValueTask<int?> BroadcastAsync(Broadcast message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var envelope = Encode(message);
        var (exchange, key) = (message.Exchange.Name, message.RoutingKey);
        if (!IsByLists(message.Exchange))
        {
            return (int)await AskAsync(
                $"the message to exchange '{exchange}' was not sent",
                session => session.Database.PublishAsync(new RedisChannel(_keys.Channel(session.Endpoint.Database, exchange, key), RedisChannel.PatternMode.Literal), envelope),
                cancellationToken).ConfigureAwait(false);
        }

        var lengths = await AskAsync(
            $"the message to exchange '{exchange}' was not sent",
            async session =>
            {
                var queues = await _store.ResolveAsync(session, exchange, key, isFanout: false, cancellationToken).ConfigureAwait(false);
                return await Task.WhenAll(queues.Select(queue => session.Database.ListLeftPushAsync(_keys.List(queue, 0), envelope))).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        return lengths.Length;
    }

    /// <inheritdoc/>
    public async ValueTask<IAsyncDisposable> ListenAsync(BroadcastQueue queue, Func<Broadcast, CancellationToken, ValueTask> receive, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentNullException.ThrowIfNull(receive);
        ThrowIfDisposed();
        var receiver = new BroadcastReceiver(queue, receive, _wire, _connector.Logger);
        var binding = new QueueBinding(_keys, queue, (command, token) => AskAsync($"queue '{queue.Name}' was not bound or unbound", command, token));
        if (IsByLists(queue.Exchange))
        {
            var list = new ListListener(_connector, _keys, receiver, binding, _time, _random, gone => _listListeners.TryRemove(gone, out _));
            _listListeners[list] = 0;
            return await StartedAsync(list, list.StartAsync(_settings.PublishTimeout, cancellationToken)).ConfigureAwait(false);
        }

        var fanout = new FanoutListener(_listening, _keys, receiver, binding, _time, _random, _connector.Logger, gone => _fanoutListeners.TryRemove(gone, out _));
        _fanoutListeners[fanout] = 0;
        return await StartedAsync(fanout, fanout.StartAsync(_settings.PublishTimeout, cancellationToken)).ConfigureAwait(false);
    }

    private async Task<IAsyncDisposable> StartedAsync(IAsyncDisposable listener, Task start)
    {
        try
        {
            await start.ConfigureAwait(false);
            return listener;
        }
        catch (Exception error)
        {
            await listener.DisposeAsync().ConfigureAwait(false);
            if (!IsOther(error)) throw;
            throw Unavailable("the listener was not started", error);
        }
    }

    private void RestoreListeners()
    {
        foreach (var listener in _fanoutListeners.Keys) listener.Restore();
    }

    private static bool IsByLists(BroadcastExchange exchange) => exchange.Type switch
    {
        "fanout" or "topic" => false,
        "direct" => true,
        _ => throw new TaskQueueException(
            ErrorCodes.InvalidCall,
            $"Exchange '{exchange.Name}' is of type '{Printable.Limit(exchange.Type)}', which Redis does not carry. Use fanout, topic or direct."),
    };

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
