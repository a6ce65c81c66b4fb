using CeleryNet.Brokers;
using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Diagnostics;
using CeleryNet.Redis.Layout;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace CeleryNet.Redis.Broadcasting;

/// <summary>
/// Listens to a queue of a direct exchange, such as that of control replies: senders find it by its binding and push to its lists, as kombu has it. It has a connection of its
/// own, since waiting blocks it.
/// </summary>
internal sealed class ListListener : IAsyncDisposable
{
    private static readonly TimeSpan Block = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _disposing = new();
    private readonly RedisLink _link;
    private readonly RedisKeys _keys;
    private readonly BroadcastReceiver _receiver;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _logger;
    private readonly QueueBinding _binding;
    private readonly Action<ListListener> _disposed;
    private Task _loop = Task.CompletedTask;
    private RedisSession? _bound;
    private int _isDisposed;

    internal ListListener(
        RedisConnector connector, RedisKeys keys, BroadcastReceiver receiver, QueueBinding binding, TimeProvider time, Random random, Action<ListListener> disposed)
    {
        _link = new RedisLink(connector, "reply", commandTimeout: Block + connector.Options.CommandTimeout);
        _keys = keys;
        _receiver = receiver;
        _time = time;
        _random = random;
        _logger = connector.Logger;
        _binding = binding;
        _disposed = disposed;
    }

    /// <summary>Binds the queue, and calls the listener from then on.</summary>
    internal async Task StartAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        await BindAsync(await _link.GetAsync(limit, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        _loop = Task.Run(() => ListenAsync(_disposing.Token), CancellationToken.None);
    }

    // Once per connection: the server may have lost its data meanwhile, and without the binding every sender drops its message.
    private async Task BindAsync(RedisSession session, CancellationToken cancellationToken)
    {
        if (_bound == session) return;
        await _binding.AddAsync(cancellationToken).ConfigureAwait(false);
        _bound = session;
    }

    private async Task ListenAsync(CancellationToken stopping)
    {
        var backoff = new Backoff(_random);
        object[] arguments = [.. _keys.Lists(_receiver.Queue.Name).Cast<object>(), (int)Block.TotalSeconds];
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var session = await _link.GetAsync(Timeout.InfiniteTimeSpan, stopping).ConfigureAwait(false);
                await BindAsync(session, stopping).ConfigureAwait(false);
                var popped = (RedisValue[]?)await session.ExecuteAsync("BRPOP", arguments, stopping).ConfigureAwait(false);
                backoff.Reset();
                if (popped is { Length: 2 }) await _receiver.ReceiveAsync((byte[]?)popped[1] ?? [], stopping).ConfigureAwait(false);
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                Log.RoundFailed(_logger, nameof(ListListener), RedisFailure.Describe(error));
                await Task.Delay(backoff.Next(), _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Waits for the listener's last call, unless it is that which disposes, and removes queue and binding.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        await _disposing.CancelAsync().ConfigureAwait(false);
        if (!_receiver.IsCalling) await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _link.DisposeAsync().ConfigureAwait(false); // a pop that is still under way ends with its connection
        _disposed(this);
        try
        {
            await _binding.RemoveAsync(_keys.Lists(_receiver.Queue.Name)).ConfigureAwait(false);
        }
        catch (Exception error) when (RedisFailure.IsConnection(error))
        {
            Log.CloseFailed(_logger, _link.Role, RedisFailure.Describe(error));
        }

        _disposing.Dispose();
    }
}
