using System.Threading.Channels;
using CeleryNet.Brokers;
using CeleryNet.Serialization;
using CeleryNet.Sql.Databases;
using CeleryNet.Sql.Diagnostics;
using CeleryNet.Sql.Kombu;
using CeleryNet.Sql.Publishing;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Sql.Consuming;

/// <summary>
/// Takes messages of some queues, in batches and never more than there is room for. Three loops: one takes, woken by what others write; one ends deliveries, in batches; one renews the lease and
/// looks for the dead. Any of them outlives the database's absence.
/// </summary>
internal sealed partial class SqlConsumer : IBrokerConsumer
{
    private readonly Channel<Delivery> _channel = Channel.CreateUnbounded<Delivery>();
    private readonly CancellationTokenSource _stopping = new(); // no more taking
    private readonly CancellationTokenSource _disposing = new(); // no more lease
    private readonly SemaphoreSlim _taking = new(1); // held while messages are taken, and while queues change
    private readonly AsyncSignal _wake = new();
    private readonly SqlDatabase _database;
    private readonly MessageWriter _writer;
    private readonly WireOptions _wire;
    private readonly ConsumerSettings _settings;
    private readonly SettleLoop _settling;
    private readonly Combiner<Parked, bool> _parking;
    private readonly ILogger _logger;

    private readonly Lock _lock = new();
    private readonly Dictionary<long, SqlDelivery> _held = []; // by row; under the lock as all below
    private readonly Dictionary<string, int> _heldOf = [];
    private string[] _queues;
    private int _prefetch;
    private DateTimeOffset? _lastDelivery;
    private long _staleSettlements;

    private volatile ConsumerSession? _session;
    private Task _pump = Task.CompletedTask;
    private Task _renewing = Task.CompletedTask;
    private Task _inbox = Task.CompletedTask;
    private IDisposable? _listening;
    private int _isStopped;
    private int _isDisposed;

    internal SqlConsumer(SqlDatabase database, ConsumerSettings settings, MessageWriter writer, WireOptions wire, ILogger logger)
    {
        _database = database;
        _writer = writer;
        _wire = wire;
        _settings = settings;
        _logger = logger;
        _queues = [.. settings.Queues.Select(static queue => queue.Name).Distinct()];
        _prefetch = settings.Prefetch;
        _settling = new SettleLoop(database, writer, logger);
        _parking = new(deliveries => ParkAsync(deliveries, CancellationToken.None), database.Options.CommandTimeout, database.Time);
    }

    /// <summary>Declares a queue.</summary>
    internal required Func<QueueDefinition, CancellationToken, ValueTask> Declare { get; init; }

    /// <summary>Told when it is disposed.</summary>
    internal required Action<SqlConsumer> Disposed { get; init; }

    /// <inheritdoc/>
    public ChannelReader<Delivery> Deliveries => _channel.Reader;

    /// <inheritdoc/>
    public ConsumerStatus Status
    {
        get
        {
            lock (_lock) return new ConsumerStatus(_isStopped == 0 && _session is { IsCurrent: true }, _session?.Generation ?? 0, _lastDelivery, _staleSettlements);
        }
    }

    /// <summary>Begins the first session, and then takes.</summary>
    /// <exception cref="DatabaseException">The database did not answer within the limit.</exception>
    internal async Task StartAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        _session = await ConsumerSession.OpenAsync(_database, _settings.NodeName, 1, limit, cancellationToken).ConfigureAwait(false);
        Log.ConsumerOpened(_logger, _session.Id, string.Join(", ", _queues), _database.Options.LeaseDuration.TotalSeconds, _session.Generation);
        _listening = _database.Listen(Heard);
        _settling.Start();
        _renewing = RenewAsync(_disposing.Token);
        _pump = PumpAsync(_stopping.Token);
        if (_database.Options.TakesFromKombu) _inbox = new KombuInbox(_database, _writer, () => Volatile.Read(ref _queues), _wire, _logger).RunAsync(_stopping.Token);
    }

    /// <inheritdoc/>
    public bool IsCurrent(Delivery delivery)
    {
        if (delivery is not SqlDelivery own || !own.Session.IsCurrent || own.Session != _session) return false;
        lock (_lock) return _held.TryGetValue(own.Id, out var held) && held == own;
    }

    /// <inheritdoc/>
    public ValueTask SetPrefetchAsync(int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        lock (_lock) _prefetch = count;
        Look();
        return default;
    }

    /// <inheritdoc/>
    public async ValueTask StopAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isStopped, 1) != 0) return;
        _listening?.Dispose();
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _pump.ConfigureAwait(false);
        await _inbox.ConfigureAwait(false);
        DropUnread(static _ => true);
        _channel.Writer.TryComplete();
        await ReturnUnknownAsync(_database.Options.CommandTimeout, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        await _settling.DisposeAsync().ConfigureAwait(false); // what was settled is written first
        await _parking.DisposeAsync().ConfigureAwait(false);
        await _disposing.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
        lock (_lock) ForgetAll();
        if (_session is { } session) await CloseAsync(session).ConfigureAwait(false);
        Disposed(this);
        _stopping.Dispose();
        _disposing.Dispose();
        _taking.Dispose();
    }

    private async Task CloseAsync(ConsumerSession session)
    {
        try
        {
            await session.CloseAsync(_database, _database.Options.CommandTimeout, CancellationToken.None).ConfigureAwait(false);
        }
        catch (DatabaseException error)
        {
            Log.CloseFailed(_logger, session.Id, _database.Options.LeaseDuration.TotalSeconds, error.Message);
        }
    }

    private async Task RenewAsync(CancellationToken stopping)
    {
        await Task.Yield();
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(_database.Options.LeaseDuration / 3, _database.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested || _session is not { } session) return;
            try
            {
                var (sessions, messages) = await session.RenewAsync(_database, stopping).ConfigureAwait(false);
                if (messages > 0) Log.DeadReturned(_logger, messages, sessions);
                if (!session.IsCurrent) _wake.Set(); // the taking loop begins another one
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                Log.RoundFailed(_logger, nameof(RenewAsync), error.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    // Called by the thread that wrote, or that listens.
    private void Heard(string? topic)
    {
        if (topic is null)
        {
            Volatile.Write(ref _isDueUnknown, true);
            Look();
        }
        else if (topic[0] is Topic.Ready or Topic.Delayed && Array.Exists(Volatile.Read(ref _queues), queue => topic.AsSpan(1).SequenceEqual(queue)))
        {
            if (topic[0] == Topic.Delayed) Volatile.Write(ref _isDueUnknown, true);
            Look();
        }
    }

    private void Look()
    {
        Volatile.Write(ref _mayHaveMore, true);
        _wake.Set();
    }

    private void Hold(SqlDelivery delivery)
    {
        _held[delivery.Id] = delivery;
        _heldOf[delivery.Queue] = _heldOf.GetValueOrDefault(delivery.Queue) + 1;
    }

    // Under the lock.
    private bool Release(SqlDelivery delivery)
    {
        if (!_held.TryGetValue(delivery.Id, out var held) || held != delivery) return false;
        _held.Remove(delivery.Id);
        if (--_heldOf[delivery.Queue] == 0) _heldOf.Remove(delivery.Queue);
        return true;
    }

    // Under the lock.
    private void ForgetAll()
    {
        _held.Clear();
        _heldOf.Clear();
    }
}
