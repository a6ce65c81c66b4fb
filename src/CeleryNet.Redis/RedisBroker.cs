using System.Collections.Concurrent;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Redis.Browsing;
using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Consuming;
using CeleryNet.Redis.Layout;
using CeleryNet.Redis.Limiting;
using CeleryNet.Redis.Revoking;
using CeleryNet.Redis.Scheduling;
using CeleryNet.Serialization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace CeleryNet.Redis;

/// <summary>
/// Carries task messages through Redis in kombu's layout. Messages are delivered at least once: taking one and registering it as unacknowledged is one step, and what a dead
/// worker held returns to its queue when the worker's lease ends.
/// </summary>
public sealed partial class RedisBroker : IBroker
{
    private readonly RedisConnector _connector;
    private readonly RedisLink _publishing;
    private readonly RedisLink _listening;
    private readonly RedisKeys _keys;
    private readonly UnackedStore _store;
    private readonly WireOptions _wire;
    private readonly BrokerSettings _settings;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ConcurrentDictionary<string, byte> _fanouts = new();
    private readonly ConcurrentDictionary<RedisConsumer, byte> _consumers = new();
    private readonly QueueLimits _limits = new();
    private readonly RevocationSet _revocations;
    private readonly ScheduleHashes _schedules;
    private readonly RedisPermits _permits;
    private readonly RedisUniqueKeys _uniqueKeys;
    private readonly QueueCensus _census;

    // Queues declared over the present connection; a new one starts anew, since the server behind it may have lost its data.
    private ConcurrentDictionary<string, QueueDefinition> _declared = new();
    private int _isDisposed;

    /// <summary>Creates the broker without connecting.</summary>
    /// <param name="urls">The servers, to be tried in turn.</param>
    /// <param name="options">How Redis is used; copied. What a URL says wins.</param>
    /// <param name="services">Where <see cref="BrokerSettings"/>, <see cref="WireOptions"/>, <see cref="TimeProvider"/> and <see cref="ILoggerFactory"/> are looked up; each has a default.</param>
    /// <exception cref="TaskQueueConfigurationException">A URL or an option cannot be used.</exception>
    public RedisBroker(IReadOnlyList<ConnectionString> urls, RedisOptions? options = null, IServiceProvider? services = null)
    {
        ArgumentNullException.ThrowIfNull(urls);
        var copy = (options ?? new RedisOptions()).Copy();
        var endpoints = RedisUrl.Apply(urls, copy);
        _settings = services?.GetService(typeof(BrokerSettings)) as BrokerSettings ?? new BrokerSettings();
        _wire = services?.GetService(typeof(WireOptions)) as WireOptions ?? new WireOptions();
        _time = services?.GetService(typeof(TimeProvider)) as TimeProvider ?? TimeProvider.System;
        _random = Random.Shared; // used by several loops at once, which only this instance allows
        ILogger logger = services?.GetService(typeof(ILoggerFactory)) is ILoggerFactory factory ? factory.CreateLogger<RedisBroker>() : NullLogger.Instance;
        _connector = new RedisConnector(endpoints, copy, copy.ConnectTimeout ?? _settings.ConnectTimeout, _time, _random, logger);
        _publishing = new RedisLink(_connector, "publish") { SessionStarted = _ => _declared = new ConcurrentDictionary<string, QueueDefinition>() };
        _listening = new RedisLink(_connector, "listen", needsSubscriptions: true) { SessionEnded = RestoreListeners };
        _keys = new RedisKeys(copy);
        _revocations = new RevocationSet(copy.KeyPrefix);
        _schedules = new ScheduleHashes(copy.KeyPrefix);
        _permits = new RedisPermits(copy.KeyPrefix, copy.LeaseDuration);
        _uniqueKeys = new RedisUniqueKeys(copy.KeyPrefix);
        _store = new UnackedStore(_keys, logger);
        _census = new QueueCensus(_keys, _store);
    }

    /// <inheritdoc/>
    public string Address => _connector.Address;

    /// <inheritdoc/>
    public async ValueTask DeclareAsync(QueueDefinition queue, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(queue);
        _ = await AskAsync($"queue '{queue.Name}' was not declared", session => Bind(session, queue), cancellationToken).ConfigureAwait(false);
        _declared[queue.Name] = queue;
    }

    /// <inheritdoc/>
    public async ValueTask<IBrokerConsumer> ConsumeAsync(ConsumerSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Prefetch, 1);
        ThrowIfDisposed();
        foreach (var queue in settings.Queues) await DeclareAsync(queue, cancellationToken).ConfigureAwait(false);
        var consumer = new RedisConsumer(_connector, _keys, settings, _wire, _time, _random) { Disposed = gone => _consumers.TryRemove(gone, out _), Declare = DeclareAsync, Encode = PlainPush };
        _consumers[consumer] = 0;
        try
        {
            await consumer.StartAsync(_settings.PublishTimeout, cancellationToken).ConfigureAwait(false);
            return consumer;
        }
        catch (Exception error)
        {
            await consumer.DisposeAsync().ConfigureAwait(false);
            if (error is BrokerUnavailableException or OperationCanceledException) throw;
            throw Unavailable("the consumer was not started", error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask PingAsync(CancellationToken cancellationToken) =>
        await AskAsync("no sign of life", static session => session.Database.PingAsync(), cancellationToken).ConfigureAwait(false);

    /// <summary>Returns what its consumers hold, and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        foreach (var consumer in _consumers.Keys) await consumer.DisposeAsync().ConfigureAwait(false);
        foreach (var listener in _fanoutListeners.Keys) await listener.DisposeAsync().ConfigureAwait(false);
        foreach (var listener in _listListeners.Keys) await listener.DisposeAsync().ConfigureAwait(false);
        await _listening.DisposeAsync().ConfigureAwait(false);
        await _publishing.DisposeAsync().ConfigureAwait(false);
        _connector.Dispose();
    }

    // One question with one answer; whatever prevents it means that the broker is unavailable. What certainly never left is asked again over a new connection.
    private async Task<T> AskAsync<T>(string otherwise, Func<RedisSession, Task<T>> command, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var session = await _publishing.GetAsync(_settings.PublishTimeout, cancellationToken).ConfigureAwait(false);
                return await session.AwaitAsync(command(session), cancellationToken).ConfigureAwait(false);
            }
            catch (RedisConnectionException error) when (attempt == 1 && RedisFailure.WasNotWritten(error))
            {
                // the second attempt connects anew
            }
            catch (Exception error) when (IsOther(error))
            {
                throw Unavailable(otherwise, error);
            }
        }
    }

    private static bool IsOther(Exception error) => error is not (TaskQueueException or OperationCanceledException or ObjectDisposedException);

    private Task<bool> Bind(RedisSession session, QueueDefinition queue)
    {
        _limits.Learn(queue);
        if (queue.ExchangeType == "fanout") _fanouts[queue.Exchange] = 0;
        return session.Database.SetAddAsync(_keys.Bindings(queue.Exchange), Binding.Of(queue).Write(_keys.Separator));
    }

    private BrokerUnavailableException Unavailable(string what, Exception error) =>
        new(ErrorCodes.BrokerUnavailable, $"Redis at {Address}: {what}: {RedisFailure.Describe(error)}. Check the server and its log.", error);

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
}
