using CeleryNet.Brokers;

namespace CeleryNet.Control;

/// <summary>Where remote control travels. Celery protocol, remote control; the names and properties are kombu's.</summary>
internal static class ControlExchange
{
    private const string Name = "celery.pidbox";
    private const string ReplyName = "reply." + Name;
    private const int LongestKey = 255;

    /// <summary>Requests to all workers.</summary>
    internal static BroadcastExchange Requests { get; } = new(Name, "fanout", IsDurable: false);

    /// <summary>Replies, each to the client that asked.</summary>
    internal static BroadcastExchange Replies { get; } = new(ReplyName, "direct", IsDurable: false);

    /// <summary>The queue in which a worker gets its requests.</summary>
    internal static BroadcastQueue QueueOf(string nodeName) => new($"{nodeName}.{Name}", Requests);

    /// <summary>The queue in which a client gets replies.</summary>
    internal static BroadcastQueue ReplyQueueOf(string clientId) => new($"{clientId}.{ReplyName}", Replies, clientId);

    /// <summary>True for what may be an address of replies. Any other exchange would be declared as one, and an ordinary one of that name is a fault that costs the connection.</summary>
    internal static bool IsReplyAddress(string exchange, string routingKey) =>
        exchange.StartsWith("reply.", StringComparison.Ordinal) && exchange.EndsWith(".pidbox", StringComparison.Ordinal) && exchange.Length <= LongestKey
        && routingKey.Length is > 0 and <= LongestKey;
}
