using CeleryNet.Brokers;
using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Diagnostics;
using CeleryNet.Results;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace CeleryNet.Redis.Results;

/// <summary>
/// Tells observers of states as they are published. All share one connection; per task there is one channel. After a lost connection the channels are subscribed again and
/// each task is read once, since a message may have been missed meanwhile.
/// </summary>
internal sealed class ResultWatch : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Watched> _watched = [];
    private readonly RedisLink _link;
    private readonly Func<string, string> _keyOf;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _disposing = new();
    private readonly Consuming.AsyncSignal _lost = new();
    private readonly Task _loop;

    internal ResultWatch(RedisLink link, Func<string, string> keyOf, TimeProvider time, Random random, ILogger logger)
    {
        _link = link;
        _keyOf = keyOf;
        _time = time;
        _random = random;
        _logger = logger;
        _loop = Task.Run(() => RestoreAsync(_disposing.Token));
    }

    /// <summary>Adds an observer; returns when the server has subscribed the channel.</summary>
    internal async Task<IAsyncDisposable> AddAsync(string taskId, Action<TaskResult> observer, CancellationToken cancellationToken)
    {
        Watched watched;
        Task subscribed;
        lock (_lock)
        {
            if (!_watched.TryGetValue(taskId, out var known)) _watched[taskId] = known = new Watched(_keyOf(taskId));
            watched = known;
            watched.Observers.Add(observer);
            subscribed = watched.Subscribed ??= SubscribeAsync(watched);
        }

        var subscription = new Subscription(this, taskId, watched, observer);
        try
        {
            await subscribed.WaitAsync(cancellationToken).ConfigureAwait(false);
            return subscription;
        }
        catch
        {
            await subscription.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Subscribes everything again; called when the connection was lost.</summary>
    internal void Restore() => _lost.Set();

    private async Task SubscribeAsync(Watched watched)
    {
        try
        {
            var session = await _link.GetAsync(_link.CommandTimeout, _disposing.Token).ConfigureAwait(false);
            await SubscribeAsync(session, watched).ConfigureAwait(false);
        }
        catch
        {
            lock (_lock) watched.Subscribed = null;
            throw;
        }
    }

    private async Task SubscribeAsync(RedisSession session, Watched watched)
    {
        var subscriber = session.Multiplexer.GetSubscriber();
        await session.AwaitAsync(Wrap(subscriber.SubscribeAsync(Channel(watched.Key), watched.Handler ??= (_, message) => Tell(watched, message))), _disposing.Token).ConfigureAwait(false);
        if (subscriber.SubscribedEndpoint(Channel(watched.Key)) is null)
        {
            // The client took the subscription, but found no connection to make it on.
            var error = new IOException("the connection for subscriptions is away");
            session.GiveUp(error);
            throw error;
        }

        lock (_lock) watched.Session = session;
        if (session.IsEnded) Restore();
    }

    // The message was stored before it was published, and both arrive whole.
    private void Tell(Watched watched, RedisValue message)
    {
        byte[]? document = message;
        if (document is null) return;
        try
        {
            Tell(watched, ResultDocument.Read(document));
        }
        catch (MessageFormatException error)
        {
            Log.BadDocument(_logger, CeleryNet.Diagnostics.Printable.Limit(watched.Key), document.Length, error.Reason);
        }
    }

    // Messages are handled in no fixed order, so an older state may come after the final one; nobody is told it then. The lock keeps the order per task.
    private void Tell(Watched watched, TaskResult result)
    {
        lock (watched.Telling)
        {
            if (watched.IsReady && !result.IsReady) return;
            watched.IsReady |= result.IsReady;
            Action<TaskResult>[] observers;
            lock (_lock) observers = [.. watched.Observers];
            foreach (var observer in observers) observer(result);
        }
    }

    private async Task RestoreAsync(CancellationToken stopping)
    {
        var backoff = new Backoff(_random);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await _lost.WaitAsync(stopping).ConfigureAwait(false);
                Watched[] all;
                lock (_lock) all = [.. _watched.Values];
                if (all.Length == 0) continue;

                var session = await _link.GetAsync(Timeout.InfiniteTimeSpan, stopping).ConfigureAwait(false);
                var stale = all.Where(watched => watched.Session != session).ToArray();
                await Task.WhenAll(stale.Select(watched => SubscribeAsync(session, watched))).ConfigureAwait(false);
                foreach (var watched in stale) Tell(watched, await session.AwaitAsync(session.Database.StringGetAsync(watched.Key), stopping).ConfigureAwait(false));
                backoff.Reset();
                Log.SubscriptionsRestored(_logger, stale.Length);
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                Log.RestoreFailed(_logger, RedisFailure.Describe(error));
                _lost.Set();
                await Task.Delay(backoff.Next(), _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Remove(string taskId, Watched watched, Action<TaskResult> observer)
    {
        RedisSession? session;
        lock (_lock)
        {
            watched.Observers.Remove(observer);
            if (watched.Observers.Count > 0) return;
            if (_watched.TryGetValue(taskId, out var current) && current == watched) _watched.Remove(taskId);
            session = watched.Session;
        }

        if (session is null || session.IsEnded) return;
        try
        {
            // With its handler: a new subscription to the same task may have come in between, with a handler of its own; the channel then stays. The answer says nothing that the caller, who has the
            // result, should wait for: what is sent on this connection later is done later.
            _ = session.Multiplexer.GetSubscriber().UnsubscribeAsync(Channel(watched.Key), watched.Handler, CommandFlags.FireAndForget);
        }
        catch (Exception error) when (RedisFailure.IsConnection(error))
        {
            // the connection is gone, and the subscription with it
        }
    }

    private static RedisChannel Channel(string key) => new(key, RedisChannel.PatternMode.Literal);

    private static async Task<bool> Wrap(Task task)
    {
        await task.ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _disposing.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _disposing.Dispose();
    }

    private sealed class Watched(string key)
    {
        internal string Key { get; } = key;

        internal List<Action<TaskResult>> Observers { get; } = [];

        internal Lock Telling { get; } = new();

        internal Task? Subscribed { get; set; }

        internal RedisSession? Session { get; set; }

        internal Action<RedisChannel, RedisValue>? Handler { get; set; }

        internal bool IsReady { get; set; }
    }

    private sealed class Subscription(ResultWatch watch, string taskId, Watched watched, Action<TaskResult> observer) : IAsyncDisposable
    {
        private int _isDisposed;

        public ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0) watch.Remove(taskId, watched, observer);
            return default;
        }
    }
}
