using System.Diagnostics.CodeAnalysis;

namespace CeleryNet.Brokers.Memory;

/// <summary>One queue: its messages and who consumes it. Under the broker's lock.</summary>
internal sealed class MemoryQueue
{
    private readonly MemoryBroker _broker;
    private readonly Lane[] _lanes; // by priority; one alone unless the queue declares x-max-priority
    private readonly List<MemoryConsumer> _consumers = [];
    private readonly int _maxLength;
    private int _next;

    internal MemoryQueue(MemoryBroker broker, QueueDefinition definition)
    {
        _broker = broker;
        Definition = definition;
        var highest = definition.Arguments.GetValueOrDefault("x-max-priority") is { } maximum ? Convert.ToByte(maximum, System.Globalization.CultureInfo.InvariantCulture) : 0;
        _maxLength = definition.Arguments.GetValueOrDefault(QueueDefinition.MaxLength) is { } length ? Convert.ToInt32(length, System.Globalization.CultureInfo.InvariantCulture) : int.MaxValue;
        _lanes = [.. Enumerable.Range(0, highest + 1).Select(_ => new Lane())];
    }

    internal QueueDefinition Definition { get; }

    internal void Add(MemoryDelivery delivery)
    {
        LaneOf(delivery).Fresh.Enqueue(delivery);
        Offer();
        while (_maxLength < int.MaxValue && Count > _maxLength && TryTake(out var oldest)) _broker.Bury(oldest);
    }

    /// <summary>How many wait, those included that have expired and were not looked at since.</summary>
    internal int Count => _lanes.Sum(static lane => lane.Returned.Count + lane.Fresh.Count);

    /// <summary>What waits and has not expired, in the order of delivery.</summary>
    internal IEnumerable<MemoryDelivery> Waiting()
    {
        for (var priority = _lanes.Length - 1; priority >= 0; priority--)
        {
            foreach (var delivery in _lanes[priority].Returned.Concat(_lanes[priority].Fresh))
            {
                if (!delivery.IsExpired(_broker.Time)) yield return delivery;
            }
        }
    }

    /// <summary>Puts it in front of all others.</summary>
    internal void Return(MemoryDelivery delivery) => LaneOf(delivery).Returned.Push(delivery);

    internal void Attach(MemoryConsumer consumer) => _consumers.Add(consumer);

    internal void Detach(MemoryConsumer consumer) => _consumers.Remove(consumer);

    /// <summary>Hands messages to the consumers in turn, while one of them has room.</summary>
    internal void Offer()
    {
        while (NextConsumer() is { } consumer && TryTake(out var delivery)) consumer.Take(delivery);
    }

    internal bool TryTake([NotNullWhen(true)] out MemoryDelivery? delivery)
    {
        for (var priority = _lanes.Length - 1; priority >= 0; priority--)
        {
            while (_lanes[priority].TryTake(out delivery))
            {
                if (!delivery.IsExpired(_broker.Time)) return true;
                _broker.Bury(delivery);
            }
        }

        delivery = null;
        return false;
    }

    private MemoryConsumer? NextConsumer()
    {
        for (var tried = 0; tried < _consumers.Count; tried++)
        {
            _next = (_next + 1) % _consumers.Count;
            if (_consumers[_next].HasRoomFor(this)) return _consumers[_next];
        }

        return null;
    }

    private Lane LaneOf(MemoryDelivery delivery) => _lanes[Math.Min(delivery.Message.Priority, _lanes.Length - 1)];

    private sealed class Lane
    {
        internal Stack<MemoryDelivery> Returned { get; } = [];

        internal Queue<MemoryDelivery> Fresh { get; } = [];

        internal bool TryTake([NotNullWhen(true)] out MemoryDelivery? delivery) => Returned.TryPop(out delivery) || Fresh.TryDequeue(out delivery);
    }
}
