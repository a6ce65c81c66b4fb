using System.Threading.Channels;

namespace CeleryNet.Brokers.Memory;

/// <summary>A consumer of some queues. Its deliveries wait in a channel that never holds more than the prefetch.</summary>
internal sealed partial class MemoryConsumer : IBrokerConsumer, IParkingConsumer
{
    private readonly Channel<Delivery> _channel = Channel.CreateUnbounded<Delivery>();
    private readonly HashSet<MemoryDelivery> _held = []; // what was delivered and not settled; under the broker's lock as all below
    private readonly MemoryBroker _broker;
    private readonly bool _hasPrefetchPerQueue;
    private MemoryQueue[] _queues;
    private int _prefetch;
    private int _next;
    private long _delivered;
    private long _stale;
    private DateTimeOffset? _lastDelivery;
    private bool _isStopped;
    private bool _isDisposed;

    /// <summary>Starts to consume; the caller holds the lock and calls <see cref="Fill"/>.</summary>
    internal MemoryConsumer(MemoryBroker broker, MemoryQueue[] queues, int prefetch, bool hasPrefetchPerQueue)
    {
        _broker = broker;
        _queues = queues;
        _prefetch = prefetch;
        _hasPrefetchPerQueue = hasPrefetchPerQueue;
        foreach (var queue in queues) queue.Attach(this);
    }

    /// <inheritdoc/>
    public ChannelReader<Delivery> Deliveries => _channel.Reader;

    /// <inheritdoc/>
    public ConsumerStatus Status
    {
        get
        {
            lock (_broker.Lock) return new ConsumerStatus(!_isStopped, 1, _lastDelivery, _stale);
        }
    }

    /// <summary>True while it takes a message of the queue. Under the lock.</summary>
    internal bool HasRoomFor(MemoryQueue queue) => !_isStopped && (_hasPrefetchPerQueue ? HeldOf(queue) : _held.Count) < _prefetch;

    /// <summary>How many unsettled messages it has of the queue. Under the lock.</summary>
    internal int HeldOf(MemoryQueue queue) => _held.Count(delivery => delivery.Source == queue);

    /// <inheritdoc/>
    public bool IsCurrent(Delivery delivery) => delivery is MemoryDelivery own && own.Holder == this;

    /// <inheritdoc/>
    public ValueTask SettleAsync(Delivery delivery, Settlement settlement, CancellationToken cancellationToken)
    {
        if (delivery is not MemoryDelivery own) throw new ArgumentException("The delivery is not one of this broker.", nameof(delivery));
        lock (_broker.Lock)
        {
            if (!Release(own))
            {
                _stale++;
                return ValueTask.CompletedTask;
            }

            if (settlement == Settlement.Requeue) own.Source.Return(own.Again(isRedelivered: true));
            else if (settlement == Settlement.Reject) _broker.Bury(own);

            Fill();
            if (settlement == Settlement.Requeue) own.Source.Offer(); // to others, where this one takes no more
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<bool> ParkAsync(Delivery delivery, DateTimeOffset due, CancellationToken cancellationToken)
    {
        if (delivery is not MemoryDelivery own) throw new ArgumentException("The delivery is not one of this broker.", nameof(delivery));
        lock (_broker.Lock)
        {
            if (!Release(own)) return ValueTask.FromResult(false);
            _broker.Park(own.Again(own.IsRedelivered), due);
            Fill();
            return ValueTask.FromResult(true);
        }
    }

    /// <inheritdoc/>
    public ValueTask SetPrefetchAsync(int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        lock (_broker.Lock)
        {
            _prefetch = count;
            Fill();
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask StopAsync(CancellationToken cancellationToken)
    {
        lock (_broker.Lock) Stop();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_broker.Lock)
        {
            if (_isDisposed) return ValueTask.CompletedTask;
            Stop();
            _isDisposed = true;
            _broker.Remove(this);
            Return([.. _held], wereRead: true);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Takes from its queues in turn while it has room. Under the lock.</summary>
    internal void Fill()
    {
        for (var empty = 0; empty < _queues.Length;)
        {
            _next = (_next + 1) % _queues.Length;
            if (HasRoomFor(_queues[_next]) && _queues[_next].TryTake(out var delivery))
            {
                Take(delivery);
                empty = 0;
            }
            else
            {
                empty++;
            }
        }
    }

    /// <summary>Receives a delivery. Under the lock.</summary>
    internal void Take(MemoryDelivery delivery)
    {
        delivery.HandTo(this, _delivered++);
        _held.Add(delivery);
        _lastDelivery = _broker.Time.GetUtcNow();
        _channel.Writer.TryWrite(delivery); // unbounded: always taken; readers continue on other threads
    }

    private void Stop()
    {
        if (_isStopped) return;
        _isStopped = true;
        foreach (var queue in _queues) queue.Detach(this);

        var unread = new List<MemoryDelivery>();
        while (_channel.Reader.TryRead(out var delivery)) unread.Add((MemoryDelivery)delivery);
        _channel.Writer.TryComplete();
        Return(unread, wereRead: false);
    }

    private void Return(List<MemoryDelivery> deliveries, bool wereRead)
    {
        deliveries.Sort(static (one, other) => other.Number.CompareTo(one.Number)); // the last one first, so that the first ends up in front
        foreach (var delivery in deliveries)
        {
            if (Release(delivery)) delivery.Source.Return(delivery.Again(wereRead || delivery.IsRedelivered));
        }

        foreach (var queue in _queues) queue.Offer();
    }

    private bool Release(MemoryDelivery delivery)
    {
        if (!_held.Remove(delivery)) return false;
        delivery.HandTo(null, 0);
        return true;
    }
}
