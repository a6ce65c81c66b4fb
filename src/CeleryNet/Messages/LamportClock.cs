namespace CeleryNet.Messages;

/// <summary>
/// Celery's logical clock: one of two messages of which the other knew has the smaller number. One for each task queue; events, control requests and their replies carry it. Thread-safe.
/// </summary>
internal sealed class LamportClock
{
    // What a peer may move it ahead at once. A number without measure, from a broken or hostile peer, would bring every clock of the fleet to its end.
    private const long LongestStep = 1L << 40;

    private long _value;

    /// <summary>The number of the last message that was sent or received.</summary>
    internal long Value => Volatile.Read(ref _value);

    /// <summary>The number of a message that is about to be sent.</summary>
    internal long Forward() => Interlocked.Increment(ref _value);

    /// <summary>The numbers of so many messages that are about to be sent one after the other.</summary>
    /// <returns>The last of them.</returns>
    internal long Forward(int count) => Interlocked.Add(ref _value, count);

    /// <summary>Notes the number of a message that was received: the clock is behind it from now on.</summary>
    /// <returns>The clock's new value.</returns>
    internal long Adjust(long received)
    {
        while (true)
        {
            var own = Volatile.Read(ref _value);
            var next = Math.Max(own, received - own > LongestStep ? own : received) + 1;
            if (Interlocked.CompareExchange(ref _value, next, own) == own) return next;
        }
    }
}
