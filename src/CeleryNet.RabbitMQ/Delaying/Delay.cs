namespace CeleryNet.RabbitMQ.Delaying;

/// <summary>A message shall come out at its destination at a given time.</summary>
internal sealed class Delay(DelayedDestination destination, DateTimeOffset due)
{
    internal DelayedDestination Destination { get; } = destination;

    internal DateTimeOffset Due { get; } = due;

    /// <summary>
    /// Where a message goes that is written now: whole seconds, rounded down, at most the longest the layout knows. <c>null</c>: it is due within a second and goes straight to its queue.
    /// </summary>
    internal (string Exchange, string RoutingKey)? AddressAt(DateTimeOffset now)
    {
        var seconds = Math.Min((long)(Due - now).TotalSeconds, DelayedLayout.LongestSeconds);
        return seconds < 1 ? null : (DelayedLayout.EntryOf(seconds), DelayedLayout.KeyOf(seconds, Destination.Suffix));
    }
}
