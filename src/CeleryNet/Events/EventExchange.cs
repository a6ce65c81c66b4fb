using CeleryNet.Brokers;

namespace CeleryNet.Events;

/// <summary>Where events travel: a topic exchange, which Redis carries as the channels of a fanout. Celery protocol, events; the names and times are Celery's.</summary>
internal static class EventExchange
{
    private const string Name = "celeryev";
    private const string Everything = "#";

    internal static BroadcastExchange Exchange { get; } = new(Name, "topic", IsDurable: true);

    /// <summary>The queue of one receiver: what it has not taken after 5 s is of no use any more.</summary>
    internal static BroadcastQueue QueueOf(Guid receiver) =>
        new($"{Name}.{receiver}", Exchange, Everything) { Expires = TimeSpan.FromMinutes(1), MessageTtl = TimeSpan.FromSeconds(5) };
}
