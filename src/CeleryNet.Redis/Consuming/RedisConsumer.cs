using System.Threading.Channels;
using CeleryNet.Brokers;
using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Diagnostics;
using CeleryNet.Redis.Layout;
using CeleryNet.Serialization;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Redis.Consuming;

/// <summary>Takes messages from the lists of some queues. This part starts and ends it; the others fetch, settle, park, rewrite and keep the lease.</summary>
internal sealed partial class RedisConsumer : IBrokerConsumer
{
    private readonly ConsumerSettings _settings;
    private readonly RedisOptions _options;
    private readonly RedisKeys _keys;
    private readonly WireOptions _wire;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _logger;
    private readonly RedisLink _link;
    private readonly UnackedStore _store;
    private readonly Lease _lease;
    private readonly TakePlan _plan;
    private readonly SettleLoop _acknowledging;
    private readonly SettleLoop _requeueing;
    private readonly SettleLoop _returning;
    private readonly ParkLoop _parking;
    private readonly DueLoop _handing;
    private readonly Channel<Delivery> _deliveries = Channel.CreateUnbounded<Delivery>();
    private readonly CancellationTokenSource _fetching = new();
    private readonly CancellationTokenSource _running = new();
    private readonly SemaphoreSlim _ending = new(1, 1);
    private readonly List<Task> _loops = [];
    private readonly List<Task> _settleLoops = [];
    private Task _fetchLoop = Task.CompletedTask;
    private volatile Holder _holder;
    private volatile int _prefetch;
    private volatile bool _isStopped;
    private volatile bool _isDisposed;
    private long _lastDelivery;
    private long _staleSettlements;

    internal RedisConsumer(RedisConnector connector, RedisKeys keys, ConsumerSettings settings, WireOptions wire, TimeProvider time, Random random)
    {
        _settings = settings;
        _options = connector.Options;
        _keys = keys;
        _wire = wire;
        _time = time;
        _random = random;
        _logger = connector.Logger;
        _prefetch = settings.Prefetch;
        _holder = new Holder(1, settings.HasPrefetchPerQueue, time);
        _link = new RedisLink(connector, "fetch") { SessionStarted = _ => Volatile.Write(ref _sessionStart, _time.GetTimestamp()) };
        _store = new UnackedStore(keys, _logger);
        _lease = new Lease(keys, _options.LeaseDuration, time);
        var queues = settings.Queues.Select(static queue => queue.Name).Distinct().ToList();
        _plan = new TakePlan(keys, queues, settings.MayKeepBodies ? Base64LengthOf(wire.MaxBodyBytes) : 0);
        _watches = [.. queues.Select(NewWatch)];
        _acknowledging = new SettleLoop("Acknowledge", _link, _options.AcknowledgeDelay, AcknowledgeAsync, time, random, _logger);
        _requeueing = new SettleLoop("Requeue", _link, TimeSpan.Zero, (session, deliveries, stopping) => _store.ReturnAsync(session, TagsOf(deliveries), toHead: false, null, stopping), time, random, _logger);
        _returning = new SettleLoop(
            "Return", _link, TimeSpan.Zero, (session, deliveries, stopping) => _store.ReturnAsync(session, TagsOf(deliveries), toHead: true, null, stopping, isRedelivery: false), time, random, _logger);
        _parking = new ParkLoop(_link, keys, IsHeld, Parked, time, random, _logger);
        _handing = new DueLoop(_link, keys, time, random, _logger);
    }

    /// <summary>Told once it is disposed.</summary>
    internal Action<RedisConsumer>? Disposed { get; init; }

    /// <inheritdoc/>
    public ChannelReader<Delivery> Deliveries => _deliveries.Reader;

    /// <inheritdoc/>
    public ConsumerStatus Status
    {
        get
        {
            var last = Interlocked.Read(ref _lastDelivery);
            var holder = _holder;
            var isConnected = !_isDisposed && _link.IsConnected && holder.IsOpen && holder.IsCurrent;
            return new ConsumerStatus(isConnected, holder.Generation, last == 0 ? null : new DateTimeOffset(last, TimeSpan.Zero), Interlocked.Read(ref _staleSettlements));
        }
    }

    /// <summary>Connects, registers the holder, and starts the loops.</summary>
    /// <param name="limit">How long the first connection may take.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="BrokerUnavailableException">Redis could not be reached.</exception>
    internal async Task StartAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var session = await _link.GetAsync(limit, cancellationToken).ConfigureAwait(false);
        await OpenAsync(session, cancellationToken).ConfigureAwait(false);
        _fetchLoop = Task.Run(() => FetchAsync(_fetching.Token), CancellationToken.None);
        _settleLoops.Add(Task.Run(() => _acknowledging.RunAsync(_running.Token), CancellationToken.None));
        _settleLoops.Add(Task.Run(() => _requeueing.RunAsync(_running.Token), CancellationToken.None));
        _settleLoops.Add(Task.Run(() => _returning.RunAsync(_running.Token), CancellationToken.None));
        _settleLoops.Add(Task.Run(() => _parking.RunAsync(_running.Token), CancellationToken.None));
        foreach (var watch in _watches) watch.Start();
        _loops.Add(Task.Run(() => PollAsync(_fetching.Token), CancellationToken.None));
        _loops.Add(Task.Run(() => _handing.RunAsync(_running.Token), CancellationToken.None));
        _loops.Add(Task.Run(() => RepeatAsync("Lease", () => _options.LeaseDuration / 3, RenewAsync, _running.Token), CancellationToken.None));
        _loops.Add(Task.Run(() => RepeatAsync("Refresh", RefreshInterval, RefreshAsync, _running.Token), CancellationToken.None));
        _loops.Add(Task.Run(() => RepeatAsync("Sweep", SweepInterval, SweepAsync, _running.Token), CancellationToken.None));
    }

    /// <inheritdoc/>
    public ValueTask SetPrefetchAsync(int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _prefetch = count;
        Freed();
        return default;
    }

    /// <inheritdoc/>
    public async ValueTask StopAsync(CancellationToken cancellationToken)
    {
        await _ending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            lock (_gate)
            {
                if (_isStopped) return;
                _isStopped = true;
            }

            await _fetching.CancelAsync().ConfigureAwait(false);
            await _fetchLoop.WaitAsync(cancellationToken).ConfigureAwait(false);
            foreach (var watch in _watches) await watch.Ended.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            EndRelay(); // its own
            await _relayed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            await RecoverAtEndAsync(cancellationToken).ConfigureAwait(false);

            var unread = new List<RedisDelivery>();
            while (_deliveries.Reader.TryRead(out var delivery)) unread.Add((RedisDelivery)delivery);
            _deliveries.Writer.TryComplete();
            await GiveBackAsync(unread, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _ending.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        using var limit = new CancellationTokenSource(_options.CommandTimeout * 2);
        try
        {
            await StopAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _deliveries.Writer.TryComplete();
        }

        await _ending.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (_isDisposed) return;
            _isDisposed = true;
            _acknowledging.Complete();
            _requeueing.Complete();
            _returning.Complete();
            _parking.Complete();
            await Task.WhenAll(_settleLoops).WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var isClean = await GiveBackAsync(_holder.Held(), limit.Token).ConfigureAwait(false);
            await CloseHolderAsync(isClean && !_holder.HasDoubts && _holder.Count == 0, limit.Token).ConfigureAwait(false);
        }
        finally
        {
            _ending.Release();
        }

        await _running.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll([_fetchLoop, .. _settleLoops, .. _loops]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var watch in _watches) await watch.DisposeAsync().ConfigureAwait(false);
        await _link.DisposeAsync().ConfigureAwait(false);
        _fetching.Dispose();
        _running.Dispose();
        Disposed?.Invoke(this);
    }

    // Returns deliveries to the head of their lists, in their old order.
    private async Task<bool> GiveBackAsync(List<RedisDelivery> deliveries, CancellationToken cancellationToken)
    {
        deliveries.RemoveAll(delivery => delivery.Holder != _holder);
        if (deliveries.Count == 0) return true;
        try
        {
            var session = await _link.GetAsync(_options.CommandTimeout, cancellationToken).ConfigureAwait(false);
            await _store.ReturnAsync(session, TagsOf(deliveries), toHead: true, null, cancellationToken).ConfigureAwait(false);
            foreach (var delivery in deliveries) delivery.Holder.Remove(delivery);
            return true;
        }
        catch (Exception error)
        {
            Log.ReturnFailed(_logger, deliveries.Count, _holder.Id, RedisFailure.Describe(error));
            return false;
        }
    }

    private async Task CloseHolderAsync(bool isClean, CancellationToken cancellationToken)
    {
        try
        {
            var session = await _link.GetAsync(_options.CommandTimeout, cancellationToken).ConfigureAwait(false);
            await _lease.CloseAsync(session, _holder, isClean, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            Log.ReturnFailed(_logger, 0, _holder.Id, RedisFailure.Describe(error));
        }
    }

    // One owner per loop: a failing round is logged and repeated soon, never the end of the loop.
    private async Task RepeatAsync(string name, Func<TimeSpan> interval, Func<CancellationToken, Task> round, CancellationToken stopping)
    {
        var delay = interval();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(delay, _time, stopping).ConfigureAwait(false);
                await round(stopping).ConfigureAwait(false);
                delay = interval();
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                Log.RoundFailed(_logger, name, RedisFailure.Describe(error));
                delay = TimeSpan.FromMilliseconds(Math.Min(1000, interval().TotalMilliseconds / 4));
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
