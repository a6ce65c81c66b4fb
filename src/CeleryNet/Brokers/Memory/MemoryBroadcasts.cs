using System.Threading.Channels;
using CeleryNet.Diagnostics;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Brokers.Memory;

/// <summary>Broadcasts inside the process: each listener has a queue and a loop of its own. Thread-safe.</summary>
internal sealed class MemoryBroadcasts(TimeProvider time, ILogger logger)
{
    private readonly Lock _lock = new();
    private Listener[] _listeners = [];

    /// <returns>How many listeners got it.</returns>
    internal int Send(Broadcast message)
    {
        // The sender's buffer is its own again when this returns.
        var copy = message with { Body = message.Body.ToArray() };
        return Volatile.Read(ref _listeners).Count(listener => listener.Offer(copy, time.GetTimestamp()));
    }

    internal IAsyncDisposable Listen(BroadcastQueue queue, Func<Broadcast, CancellationToken, ValueTask> receive)
    {
        var listener = new Listener(this, queue, receive);
        lock (_lock) Volatile.Write(ref _listeners, [.. _listeners, listener]);
        return listener;
    }

    internal async ValueTask StopAsync()
    {
        foreach (var listener in Volatile.Read(ref _listeners)) await listener.DisposeAsync().ConfigureAwait(false);
    }

    private TimeSpan Age(long sent) => time.GetElapsedTime(sent);

    private void Failed(string exchange, Exception error) => Log.BroadcastReceiverFailed(logger, exchange, error);

    private void Remove(Listener listener)
    {
        lock (_lock) Volatile.Write(ref _listeners, [.. _listeners.Where(other => other != listener)]);
    }

    private sealed class Listener : IAsyncDisposable
    {
        // A listener that does not keep up loses the oldest, as it would by the lifetime of messages at a real broker.
        private const int Most = 10_000;

        private readonly Channel<(Broadcast Message, long Sent)> _waiting =
            Channel.CreateBounded<(Broadcast, long)>(new BoundedChannelOptions(Most) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

        private static readonly AsyncLocal<Listener?> Receiving = new();

        private readonly CancellationTokenSource _stop = new();
        private readonly MemoryBroadcasts _owner;
        private readonly BroadcastQueue _queue;
        private readonly MemoryExchange _exchange;
        private readonly Func<Broadcast, CancellationToken, ValueTask> _receive;
        private readonly Task _loop;

        internal Listener(MemoryBroadcasts owner, BroadcastQueue queue, Func<Broadcast, CancellationToken, ValueTask> receive)
        {
            (_owner, _queue, _receive) = (owner, queue, receive);
            _exchange = new MemoryExchange(queue.Exchange.Type);
            _loop = RunAsync();
        }

        internal bool Offer(Broadcast message, long sent) =>
            message.Exchange.Name == _queue.Exchange.Name && _exchange.Fits(_queue.RoutingKey, message.RoutingKey) && _waiting.Writer.TryWrite((message, sent));

        public async ValueTask DisposeAsync()
        {
            _owner.Remove(this);
            _waiting.Writer.TryComplete();
            await _stop.CancelAsync().ConfigureAwait(false);
            if (Receiving.Value != this) await _loop.ConfigureAwait(false); // a receiver that ends its own subscription would wait for itself
        }

        private async Task RunAsync()
        {
            Receiving.Value = this;
            while (await _waiting.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
            {
                while (_waiting.Reader.TryRead(out var next))
                {
                    if (!_stop.IsCancellationRequested && _owner.Age(next.Sent) < _queue.MessageTtl)
                        await ReceiveAsync(next.Message).ConfigureAwait(false);
                }
            }
        }

        private async ValueTask ReceiveAsync(Broadcast message)
        {
            try
            {
                await _receive(message, _stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // The listener goes.
            }
            catch (Exception error)
            {
                _owner.Failed(message.Exchange.Name, error);
            }
        }
    }
}
