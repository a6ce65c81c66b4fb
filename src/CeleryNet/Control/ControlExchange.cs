using CeleryNet.Brokers;

namespace CeleryNet.Control;

/// <summary>Where remote control travels. Celery protocol, remote control; the names and properties are kombu's.</summary>
internal static class ControlExchange
{
    private const string Name = "celery.pidbox";
    private const string ReplyName = "reply.celery.pidbox";

    /// <summary>Requests to all workers.</summary>
    internal static BroadcastExchange Requests { get; } = new(Name, "fanout", IsDurable: false);

    /// <summary>A queue for the answers to one asker.</summary>
    internal static BroadcastQueue RepliesTo(string asker) => new($"{asker}.{ReplyName}", new BroadcastExchange(ReplyName, "direct", IsDurable: false), asker);

    /// <summary>The queue in which a worker gets its requests.</summary>
    internal static BroadcastQueue QueueOf(string nodeName) => new($"{nodeName}.{Name}", Requests);
}
