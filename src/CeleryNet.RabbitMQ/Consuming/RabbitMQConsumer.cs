using System.Threading.Channels;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.RabbitMQ.Connections;
using CeleryNet.RabbitMQ.Diagnostics;
using CeleryNet.RabbitMQ.Topology;
using CeleryNet.Serialization;
using Microsoft.Extensions.Logging;

namespace CeleryNet.RabbitMQ.Consuming;

/// <summary>
/// Consumes over a connection of its own. When that breaks, a new generation is built from nothing: connection, channel, queues, consumers. Settlements of an older generation
/// are dropped, since its delivery tags mean other messages by then.
/// </summary>
internal sealed partial class RabbitMQConsumer : IBrokerConsumer, IParkingConsumer
{
    private const string Purpose = "consume";
    private const int FirstAttempts = 3;

    private readonly ConsumerSettings _settings;
    private readonly RabbitMQSettings _brokerSettings;
    private readonly RabbitMQConnector _connector;
    private readonly ConsumerDelays? _delays;
    private readonly WireOptions _wire;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Backoff _backoff;
    private readonly Channel<Delivery> _deliveries = Channel.CreateUnbounded<Delivery>();
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _gate = new();
    private ConsumeSession? _session;
    private volatile bool _isEnded;
    private Task? _loop;
    private Task? _stop;
    private Task? _disposal;
    private bool _usesGlobalPrefetch;
    private bool _isStopped;
    private int _generation;
    private int _prefetch;
    private long _stale;
    private DateTimeOffset? _lastDelivery;

    private RabbitMQConsumer(
        ConsumerSettings settings, RabbitMQSettings brokerSettings, RabbitMQConnector connector, ConsumerDelays? delays, WireOptions wire, Random random, TimeProvider time, ILogger logger)
    {
        (_settings, _brokerSettings, _connector, _delays, _wire, _time, _logger) = (settings, brokerSettings, connector, delays, wire, time, logger);
        _backoff = new Backoff(random);
        _prefetch = settings.Prefetch;
        _queues = settings.Queues;
        _usesGlobalPrefetch = !settings.HasPrefetchPerQueue;
    }

    public ChannelReader<Delivery> Deliveries => _deliveries.Reader;

    public ConsumerStatus Status
    {
        get
        {
            lock (_gate)
                return new ConsumerStatus(_session is { IsAlive: true } && !_isStopped, _generation, _session?.LastDelivery ?? _lastDelivery, Interlocked.Read(ref _stale));
        }
    }

    /// <summary>Makes the first connection and begins to consume.</summary>
    internal static async Task<RabbitMQConsumer> StartAsync(
        ConsumerSettings settings, RabbitMQSettings brokerSettings, RabbitMQConnector connector, ConsumerDelays? delays, WireOptions wire, Random random, TimeProvider time, ILogger logger,
        CancellationToken cancellationToken)
    {
        var consumer = new RabbitMQConsumer(settings, brokerSettings, connector, delays, wire, random, time, logger);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                consumer._session = await consumer.OpenAsync(cancellationToken).ConfigureAwait(false);
                break;
            }
            catch (Exception error) when (error is not TaskQueueConfigurationException && !cancellationToken.IsCancellationRequested)
            {
                if (attempt == FirstAttempts) throw consumer.Unavailable(error);
                await consumer.PauseAsync(error, cancellationToken).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        consumer._loop = Task.Run(consumer.RunAsync, CancellationToken.None);
        return consumer;
    }

    public bool IsCurrent(Delivery delivery) => delivery is RabbitMQDelivery own && IsCurrent(own.Session);

    public ValueTask SettleAsync(Delivery delivery, Settlement settlement, CancellationToken cancellationToken)
    {
        if (delivery is not RabbitMQDelivery own) throw new ArgumentException("The delivery is not of this consumer.", nameof(delivery));
        if (IsCurrent(own.Session))
        {
            own.Session.Settle(own.Entry, settlement);
        }
        else
        {
            Interlocked.Increment(ref _stale);
            Log.StaleSettlement(_logger, delivery.Generation);
        }

        return default;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The message is published anew into the layout of delayed delivery and the delivery acknowledged after the confirmation: should the connection break in between, it is delivered twice. False also
    /// when delayed delivery is off, or the time comes within a second.
    /// </remarks>
    public async ValueTask<bool> ParkAsync(Delivery delivery, DateTimeOffset due, CancellationToken cancellationToken)
    {
        if (delivery is not RabbitMQDelivery own) throw new ArgumentException("The delivery is not of this consumer.", nameof(delivery));
        if (_delays is null || !IsCurrent(own.Session)) return false;
        if (!await _delays.TryDelayAsync(own, due, cancellationToken).ConfigureAwait(false)) return false;
        await SettleAsync(delivery, Settlement.Acknowledge, CancellationToken.None).ConfigureAwait(false);
        return true;
    }

    public async ValueTask SetPrefetchAsync(int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ConsumeSession? session;
        lock (_gate) (_prefetch, session) = (count, _session);
        if (session is not null) await session.SetPrefetchAsync(count, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask StopAsync(CancellationToken cancellationToken)
    {
        Task stop;
        lock (_gate)
        {
            _isStopped = true;
            stop = _stop ??= StopAsync(_session);
        }

        return new ValueTask(stop.WaitAsync(cancellationToken));
    }

    public ValueTask DisposeAsync()
    {
        lock (_gate) return new ValueTask(_disposal ??= EndAsync());
    }

    // By the generation, not by _session: a session delivers as soon as its first queue is consumed, long before all of them are and it becomes _session.
    private bool IsCurrent(ConsumeSession session) => !_isEnded && session.Generation == Volatile.Read(ref _generation) && session.IsAlive;

    private async Task StopAsync(ConsumeSession? session)
    {
        await Task.Yield(); // the caller holds the lock
        if (session is not null) await session.StopConsumingAsync(CancellationToken.None).ConfigureAwait(false);
        while (_deliveries.Reader.TryRead(out var unread))
        {
            if (unread is RabbitMQDelivery own && IsCurrent(own.Session)) own.Session.Settle(own.Entry, Settlement.Requeue);
        }

        _deliveries.Writer.TryComplete();
    }

    private async Task EndAsync()
    {
        await Task.Yield();
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        ConsumeSession? session;
        lock (_gate)
        {
            session = _session;
            _lastDelivery = session?.LastDelivery ?? _lastDelivery;
            _session = null;
            _isEnded = true;
        }

        if (session is { IsAlive: true }) await session.FinishAsync().ConfigureAwait(false);
        await _ending.CancelAsync().ConfigureAwait(false);
        if (_loop is { } loop) await loop.ConfigureAwait(false);
        if (session is not null) await session.DisposeAsync().ConfigureAwait(false);
        _ending.Dispose();
    }

    private BrokerUnavailableException Unavailable(Exception error) => error as BrokerUnavailableException
        ?? new BrokerUnavailableException(ErrorCodes.BrokerUnavailable, $"RabbitMQ at {_brokerSettings.Address} cannot be consumed from: {CloseReasons.Describe(error)}", error);
}
