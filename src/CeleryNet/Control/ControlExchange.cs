using CeleryNet.Brokers;

namespace CeleryNet.Control;

/// <summary>Where remote control travels. Celery protocol, remote control; the names and properties are kombu's.</summary>
internal static class ControlExchange
{
    private const string Name = "celery.pidbox";

    /// <summary>Requests to all workers.</summary>
    internal static BroadcastExchange Requests { get; } = new(Name, "fanout", IsDurable: false);

    /// <summary>The queue in which a worker gets its requests.</summary>
    internal static BroadcastQueue QueueOf(string nodeName) => new($"{nodeName}.{Name}", Requests);
}
