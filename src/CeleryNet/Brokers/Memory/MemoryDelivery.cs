namespace CeleryNet.Brokers.Memory;

/// <summary>A message in a queue or in the hands of a consumer. Everything but the inherited part is under the broker's lock.</summary>
/// <param name="source">Its queue.</param>
/// <param name="expires">When it expires, in ticks of UTC; <see cref="Never"/> for a message that does not.</param>
internal sealed class MemoryDelivery(MemoryQueue source, long expires) : Delivery
{
    internal const long Never = long.MaxValue; // one number, where a date that may be absent takes three

    private volatile MemoryConsumer? _holder;

    internal MemoryQueue Source => source;

    /// <summary>Position among the deliveries of its holder, so that they can be returned in order.</summary>
    internal long Number { get; private set; }

    /// <summary>Who has it unsettled; <c>null</c> in the queue and after the settlement. May be read without the lock.</summary>
    internal MemoryConsumer? Holder => _holder;

    internal bool IsExpired(TimeProvider time) => expires != Never && expires <= time.GetUtcNow().UtcTicks;

    internal void HandTo(MemoryConsumer? holder, long number)
    {
        _holder = holder;
        Number = number;
    }

    /// <summary>The same message for another round. The message is a copy: the holder of the old one may still be reading it.</summary>
    internal MemoryDelivery Again(bool isRedelivered) => new(source, expires)
    {
        Message = Message.Copy(),
        Queue = Queue,
        Exchange = Exchange,
        RoutingKey = RoutingKey,
        Generation = Generation,
        IsRedelivered = isRedelivered,
    };
}
