using System.Threading.Channels;
using CeleryNet.Brokers;
using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Consuming;
using CeleryNet.Redis.Diagnostics;
using CeleryNet.Redis.Layout;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace CeleryNet.Redis.Broadcasting;

/// <summary>
/// Listens to the channel of a fanout exchange, as kombu does. All listeners of a broker share a connection; after a lost one each subscribes again, and what was sent in
/// between is missed.
/// </summary>
internal sealed class FanoutListener : IAsyncDisposable
{
    // Nobody may fill the memory of a listener that is slow or stuck; what is this far behind is of no use any more.
    private const int MostWaiting = 10_000;

    private readonly Channel<byte[]> _arrived;
    private readonly CancellationTokenSource _disposing = new();
    private readonly AsyncSignal _lost = new();
    private readonly RedisLink _link;
    private readonly RedisKeys _keys;
    private readonly BroadcastReceiver _receiver;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _logger;
    private readonly QueueBinding _binding;
    private readonly Action<FanoutListener> _disposed;
    private readonly List<Task> _loops = [];
    private volatile Subscription? _subscription;
    private long _dropped;
    private int _isDisposed;

    internal FanoutListener(
        RedisLink link, RedisKeys keys, BroadcastReceiver receiver, QueueBinding binding, TimeProvider time, Random random, ILogger logger, Action<FanoutListener> disposed)
    {
        _link = link;
        _keys = keys;
        _receiver = receiver;
        _binding = binding;
        _time = time;
        _random = random;
        _logger = logger;
        _disposed = disposed;
        _arrived = Channel.CreateBounded<byte[]>(
            new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => Dropped());
    }

    /// <summary>Subscribes, and calls the listener from then on.</summary>
    internal async Task StartAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        await SubscribeAsync(await _link.GetAsync(limit, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        _loops.Add(Task.Run(() => ReceiveAsync(_disposing.Token), CancellationToken.None));
        _loops.Add(Task.Run(() => RestoreAsync(_disposing.Token), CancellationToken.None));
    }

    /// <summary>Told when the connection was lost.</summary>
    internal void Restore() => _lost.Set();

    // Said at the first, second, fourth, eighth …, or the log would be full of it.
    private void Dropped()
    {
        var count = Interlocked.Increment(ref _dropped);
        if (long.IsPow2(count)) Log.BroadcastDropped(_logger, CeleryNet.Diagnostics.Printable.Limit(_receiver.Queue.Name), MostWaiting, count);
    }

    private async Task SubscribeAsync(RedisSession session, CancellationToken cancellationToken)
    {
        // kombu binds these queues too, although its fanout does not ask.
        await _binding.AddAsync(cancellationToken).ConfigureAwait(false);
        var channel = ChannelOf(session, _receiver.Queue);
        var subscriber = session.Multiplexer.GetSubscriber();
        var messages = await session.AwaitAsync(subscriber.SubscribeAsync(channel), cancellationToken).ConfigureAwait(false);
        messages.OnMessage(message => _arrived.Writer.TryWrite((byte[]?)message.Message ?? [])); // one after the other, as they arrive
        if (subscriber.SubscribedEndpoint(channel) is null)
        {
            // The client took the subscription, but found no connection to make it on.
            var error = new IOException("the connection for subscriptions is away");
            session.GiveUp(error);
            throw error;
        }

        _subscription = new Subscription(session, messages);
        if (session.IsEnded) Restore();
    }

    // A key with wildcards is a pattern; kombu lets # and * stand for anything.
    private RedisChannel ChannelOf(RedisSession session, BroadcastQueue queue)
    {
        var database = session.Endpoint.Database;
        if (!queue.RoutingKey.AsSpan().ContainsAny('*', '#')) return new RedisChannel(_keys.Channel(database, queue.Exchange.Name, queue.RoutingKey), RedisChannel.PatternMode.Literal);
        var exchange = _keys.Channel(database, queue.Exchange.Name, "");
        return new RedisChannel($"{Escape(exchange)}/{Escape(queue.RoutingKey.Replace('#', '*'), except: '*')}", RedisChannel.PatternMode.Pattern);
    }

    private static string Escape(string text, char except = '\0') =>
        string.Concat(text.Select(letter => letter != except && @"*?[]\".Contains(letter, StringComparison.Ordinal) ? $@"\{letter}" : letter.ToString()));

    private async Task ReceiveAsync(CancellationToken stopping)
    {
        await foreach (var envelope in _arrived.Reader.ReadAllAsync(stopping).ConfigureAwait(false)) await _receiver.ReceiveAsync(envelope, stopping).ConfigureAwait(false);
    }

    private async Task RestoreAsync(CancellationToken stopping)
    {
        var backoff = new Backoff(_random);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await _lost.WaitAsync(stopping).ConfigureAwait(false);
                var session = await _link.GetAsync(Timeout.InfiniteTimeSpan, stopping).ConfigureAwait(false);
                if (_subscription?.Session == session) continue;
                await SubscribeAsync(session, stopping).ConfigureAwait(false);
                backoff.Reset();
                Log.ListeningAgain(_logger, CeleryNet.Diagnostics.Printable.Limit(_receiver.Queue.Name));
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                Log.RoundFailed(_logger, nameof(FanoutListener), RedisFailure.Describe(error));
                _lost.Set();
                await Task.Delay(backoff.Next(), _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Ends the subscription and waits for the listener's last call, unless it is that which disposes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        await _disposing.CancelAsync().ConfigureAwait(false);
        if (!_receiver.IsCalling) await Task.WhenAll(_loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _disposed(this);
        try
        {
            if (_subscription is { Session: { IsEnded: false } session } subscription) await session.AwaitAsync(subscription.EndAsync(), CancellationToken.None).ConfigureAwait(false);
            await _binding.RemoveAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (RedisFailure.IsConnection(error))
        {
            Log.CloseFailed(_logger, _link.Role, RedisFailure.Describe(error));
        }

        _disposing.Dispose();
    }

    private sealed record Subscription(RedisSession Session, ChannelMessageQueue Messages)
    {
        internal async Task<bool> EndAsync()
        {
            await Messages.UnsubscribeAsync().ConfigureAwait(false);
            return true;
        }
    }
}
