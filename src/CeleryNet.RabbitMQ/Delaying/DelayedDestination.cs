using System.Text;
using CeleryNet.Brokers;

namespace CeleryNet.RabbitMQ.Delaying;

/// <summary>
/// Where a delayed message comes out: at one queue, or at a topic or fanout exchange from which every bound queue gets its copy. What follows the digits in the routing key names it.
/// </summary>
/// <remarks>
/// Celery ends the key with the message's own routing key and binds <c>#.key</c>, which also matches every longer key with that end. A queue is addressed here by its name and a last word that no
/// routing key of Celery has, so that neither a peer's binding nor an exchange of the same name takes the message too.
/// </remarks>
internal sealed record DelayedDestination
{
    /// <summary>Last word of the key of a message for a single queue, with its dot.</summary>
    internal const string QueueWord = ".celerynet-queue";

    private const int MaxSuffixBytes = 255 - (DelayedLayout.Levels * 2); // AMQP's longest key less the digits

    private DelayedDestination(QueueDefinition queue, string suffix, bool isExchange) => (Queue, Suffix, IsExchange) = (queue, suffix, isExchange);

    /// <summary>The queue; with <see cref="IsExchange"/> one of those that get the message.</summary>
    internal QueueDefinition Queue { get; }

    /// <summary>What follows the digits.</summary>
    internal string Suffix { get; }

    /// <summary>True: the message comes out at the queue's exchange, under <see cref="Suffix"/>.</summary>
    internal bool IsExchange { get; }

    /// <summary>Key by which exactly this destination is bound.</summary>
    internal string BindingKey => DelayedLayout.AnyDigits + Suffix;

    /// <summary>The destination of a route; <c>null</c> when none can be bound for it.</summary>
    internal static DelayedDestination? Of(Route route)
    {
        if (route.Queue is not { } queue) return null;
        if (route.Exchange.Length == 0) return route.RoutingKey == queue.Name ? Of(queue) : null;
        return queue.ExchangeType is "topic" or "fanout" && route.Exchange == queue.Exchange ? Make(queue, route.RoutingKey, isExchange: true) : null;
    }

    /// <summary>The queue alone, whatever its exchange; <c>null</c> when its name cannot be bound.</summary>
    internal static DelayedDestination? Of(QueueDefinition queue) => Make(queue, queue.Name + QueueWord, isExchange: false);

    /// <summary>What Celery's own delayed messages for the queue need; <c>null</c> when it sends none there.</summary>
    internal static DelayedDestination? OfCelery(QueueDefinition queue) => queue.Exchange.Length == 0 ? null : Of(new Route(queue.Exchange, queue.RoutingKey, queue));

    private static DelayedDestination? Make(QueueDefinition queue, string suffix, bool isExchange)
    {
        if (Encoding.UTF8.GetByteCount(suffix) > MaxSuffixBytes || HasWildcard(suffix)) return null;
        if (isExchange && Encoding.UTF8.GetByteCount(queue.RoutingKey) > MaxSuffixBytes) return null;
        return new DelayedDestination(queue, suffix, isExchange);
    }

    private static bool HasWildcard(string key)
    {
        if (key.AsSpan().IndexOfAny('*', '#') < 0) return false;
        foreach (var word in key.AsSpan().Split('.'))
            if (key.AsSpan(word) is "*" or "#") return true;
        return false;
    }
}
