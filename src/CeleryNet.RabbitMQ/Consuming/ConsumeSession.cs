using System.Threading.Channels;
using CeleryNet.Brokers;
using CeleryNet.RabbitMQ.Connections;
using CeleryNet.RabbitMQ.Delaying;
using CeleryNet.RabbitMQ.Diagnostics;
using CeleryNet.RabbitMQ.Topology;
using CeleryNet.Serialization;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace CeleryNet.RabbitMQ.Consuming;

/// <summary>One generation of a consumer: a connection, its channel and what was delivered over it. Used until it breaks, then thrown away.</summary>
internal sealed partial class ConsumeSession : IAsyncDisposable
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly ConsumerSettings _settings;
    private readonly WireOptions _wire;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ChannelWriter<Delivery> _deliveries;
    private readonly RabbitMQConnection _connection;
    private readonly IChannel _channel;
    private readonly TopologyDeclarer _topology;
    private readonly SettlementSender _settlements;
    private readonly SemaphoreSlim _turn = new(1, 1); // one change of consumers or prefetch at a time; never disposed, a late caller may wait for it
    private readonly List<QueueConsumer> _consumers = [];
    private readonly Channel<QueueConsumer> _cancelled = Channel.CreateUnbounded<QueueConsumer>();
    private bool _usesGlobalPrefetch;
    private readonly ConsumerDelays? _delays;
    private int _prefetch;
    private int _tags;
    private volatile bool _isStopping;
    private long _lastDelivery;

    internal ConsumeSession(
        int generation, ConsumerSettings settings, int prefetch, bool usesGlobalPrefetch, ConsumerDelays? delays, WireOptions wire, ChannelWriter<Delivery> deliveries,
        RabbitMQConnection connection, IChannel channel, TimeProvider time, ILogger logger)
    {
        (Generation, _settings, _prefetch, _usesGlobalPrefetch, _delays, _wire, _deliveries) = (generation, settings, prefetch, usesGlobalPrefetch, delays, wire, deliveries);
        (_connection, _channel, _time, _logger) = (connection, channel, time, logger);
        _topology = new TopologyDeclarer(connection, time);
        _settlements = new SettlementSender(channel, connection, time);
        channel.ChannelShutdownAsync += (_, reason) =>
        {
            if (reason.Initiator != ShutdownInitiator.Application) connection.Drop(CloseReasons.Describe(reason)); // else this is our own good-bye
            return Task.CompletedTask;
        };
    }

    internal int Generation { get; }

    internal RabbitMQEndpoint Endpoint => _connection.Endpoint;

    internal bool IsAlive => _connection.IsOpen;

    /// <summary>Completes with the reason when the connection is gone.</summary>
    internal Task<string> Closed => _connection.Closed;

    /// <summary>Deliveries that nobody settled.</summary>
    internal int Unsettled => _settlements.Open;

    /// <summary>When something last arrived; <c>null</c> before.</summary>
    internal DateTimeOffset? LastDelivery => Interlocked.Read(ref _lastDelivery) is var ticks and not 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Declares everything and begins to consume.</summary>
    internal async Task StartAsync()
    {
        foreach (var queue in _settings.Queues) await DeclareAsync(queue).ConfigureAwait(false);
        await SendPrefetchAsync().ConfigureAwait(false);
        foreach (var queue in _settings.Queues) await ConsumeAsync(queue).ConfigureAwait(false);
        Log.Consuming(_logger, _settings.NodeName, string.Join(", ", _settings.Queues.Select(queue => queue.Name)), _connection.Endpoint, Generation);
    }

    internal void Deliver(
        QueueDefinition queue, ulong tag, bool isRedelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body)
    {
        var entry = _settlements.Deliver(tag);
        Interlocked.Exchange(ref _lastDelivery, _time.GetUtcNow().UtcTicks);
        if (_isStopping)
        {
            _settlements.Settle(entry, Settlement.Requeue);
            return;
        }

        var message = DeliveredMessage.Read(properties, body, _wire);
        var isDelayed = DelayedLayout.IsPartOf(exchange);
        var delivery = new RabbitMQDelivery
        {
            Message = message,
            Queue = queue.Name,
            Exchange = isDelayed ? "" : exchange,
            RoutingKey = isDelayed ? queue.Name : routingKey, // the way that leads to this queue again
            IsRedelivered = isRedelivered,
            Generation = Generation,
            Session = this,
            Entry = entry,
            Source = queue,
            IsProtocol2 = message.TaskName is not null,
        };
        if (!_deliveries.TryWrite(delivery)) _settlements.Settle(entry, Settlement.Requeue);
    }

    internal void Settle(AckEntry entry, Settlement settlement) => _settlements.Settle(entry, settlement);

    internal void OnCancelledByBroker(QueueConsumer consumer) => _cancelled.Writer.TryWrite(consumer);

    /// <summary>Changes the prefetch. A failure ends the session, and the next one has the new value.</summary>
    internal async Task SetPrefetchAsync(int count, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _prefetch = count;
            if (_isStopping || !IsAlive) return;
            await SendPrefetchAsync().ConfigureAwait(false);
            if (!_usesGlobalPrefetch) await ConsumeAnewAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            _connection.Drop(CloseReasons.Describe(error));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends the consuming; returns when nothing more can arrive.</summary>
    internal async Task StopConsumingAsync(CancellationToken cancellationToken)
    {
        _isStopping = true;
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            foreach (var consumer in _consumers.Where(_ => IsAlive)) await CancelAsync(consumer).ConfigureAwait(false);
            _consumers.Clear();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            _connection.Drop(CloseReasons.Describe(error));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Sends the last settlements, waits for the broker to have them, and returns what is unsettled by closing the channel.</summary>
    internal async Task FinishAsync()
    {
        await _settlements.DisposeAsync().ConfigureAwait(false);
        await _connection.CloseAsync(_channel, CloseTimeout).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync().ConfigureAwait(false);
        await _settlements.DisposeAsync().ConfigureAwait(false);
    }

    private async Task DeclareAsync(QueueDefinition queue)
    {
        await _topology.DeclareAsync(queue).ConfigureAwait(false);
        if (_delays is not null) await _delays.PrepareAsync(_topology, queue).ConfigureAwait(false);
    }

    private Task SendPrefetchAsync() =>
        _connection.AskAsync(_channel.BasicQosAsync(prefetchSize: 0, (ushort)Math.Clamp(_prefetch, 1, ushort.MaxValue), _usesGlobalPrefetch));

    private async Task ConsumeAsync(QueueDefinition queue)
    {
        var consumer = new QueueConsumer(this, queue, NewTag(queue));
        _consumers.Add(consumer);
        await _connection.AskAsync(_channel.BasicConsumeAsync(queue.Name, autoAck: false, consumer.Tag, consumer)).ConfigureAwait(false);
    }

    // The prefetch of a consumer is fixed when it begins, where it cannot be set for the whole channel. What is unsettled stays so.
    private async Task ConsumeAnewAsync()
    {
        var old = _consumers.ToList();
        _consumers.Clear();
        foreach (var consumer in old) await ConsumeAsync(consumer.Queue).ConfigureAwait(false);
        foreach (var consumer in old) await CancelAsync(consumer).ConfigureAwait(false);
    }

    private async Task CancelAsync(QueueConsumer consumer)
    {
        if (consumer.Ended.IsCompleted) return;
        await _connection.AskAsync(_channel.BasicCancelAsync(consumer.Tag)).ConfigureAwait(false);
        await _connection.AskAsync(consumer.Ended).ConfigureAwait(false); // what had arrived before has been handed on then
    }

    // Names the worker in the broker's pages; the number keeps tags of one channel apart. AMQP carries 255 bytes, and a letter has at most 4.
    private string NewTag(QueueDefinition queue)
    {
        var name = $"{_settings.NodeName}/{queue.Name}";
        return $"{(name.Length <= 60 ? name : name[..60])}/{++_tags}";
    }
}
