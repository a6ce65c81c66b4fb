using CeleryNet.Brokers;

namespace CeleryNet.Redis.Consuming;

internal sealed partial class RedisConsumer : ISelectiveConsumer
{
    // Guards what is consumed together with what is delivered: after a queue is left, nothing of it is delivered any more, also by a take that was under way.
    private readonly Lock _gate = new();
    private Watch[] _watches;

    /// <summary>Declares a queue.</summary>
    internal required Func<QueueDefinition, CancellationToken, ValueTask> Declare { get; init; }

    /// <inheritdoc/>
    public async ValueTask AddQueueAsync(QueueDefinition queue, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(queue);
        await Declare(queue, cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            if (_isStopped || !_plan.Add(queue.Name)) return;
            var watch = NewWatch(queue.Name);
            watch.Start();
            _watches = [.. _watches, watch];
        }

        _slots.Set();
        _wake.Set();
    }

    /// <inheritdoc/>
    public async ValueTask CancelQueueAsync(string queue, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        Watch? left;
        lock (_gate)
        {
            if (_isStopped || !_plan.Remove(queue)) return;
            left = Array.Find(_watches, watch => watch.Queue == queue);
            _watches = [.. _watches.Where(watch => watch != left)];
            for (var waiting = _deliveries.Reader.Count; waiting > 0 && _deliveries.Reader.TryRead(out var delivery); waiting--)
            {
                if (delivery.Queue == queue) ReturnUnread((RedisDelivery)delivery); // it holds nothing else
                else _deliveries.Writer.TryWrite(delivery);
            }
        }

        Freed();
        if (left is not null) await left.DisposeAsync().ConfigureAwait(false);
    }

    // To the head, as if it had never been taken. Sent by a loop that tries again until it has reached the server or the lease has ended.
    private void ReturnUnread(RedisDelivery delivery)
    {
        if (delivery.Holder.Remove(delivery)) _returning.Add(delivery);
    }

    private Watch NewWatch(string queue)
    {
        var watcher = new QueueWatcher(_link, _keys.List(queue, 0), () => _isIdle, _wake.Set, _time, _random) { Follow = Follow };
        return new Watch(queue, watcher, _fetching.Token);
    }

    /// <summary>The watcher of one queue, with its loop.</summary>
    private sealed class Watch(string queue, QueueWatcher watcher, CancellationToken stopping) : IAsyncDisposable
    {
        private readonly CancellationTokenSource _ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        private Task _loop = Task.CompletedTask;

        internal string Queue => queue;

        internal QueueWatcher Watcher => watcher;

        /// <summary>Ends with its loop.</summary>
        internal Task Ended => _loop;

        internal void Start() => _loop = Task.Run(() => watcher.RunAsync(_ending.Token), CancellationToken.None);

        public async ValueTask DisposeAsync()
        {
            await _ending.CancelAsync().ConfigureAwait(false);
            await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await watcher.DisposeAsync().ConfigureAwait(false);
            _ending.Dispose();
        }
    }
}
