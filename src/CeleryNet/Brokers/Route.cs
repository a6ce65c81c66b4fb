namespace CeleryNet.Brokers;

/// <summary>Where a message is published to.</summary>
/// <param name="Exchange">Exchange; empty is the default exchange, where the routing key is the queue's name.</param>
/// <param name="RoutingKey">Routing key.</param>
/// <param name="Queue">The queue to declare before the first publish; <c>null</c> when exchange and key were given explicitly.</param>
public readonly record struct Route(string Exchange, string RoutingKey, QueueDefinition? Queue)
{
    /// <summary>The route Celery takes to a queue: the default exchange when its exchange is direct, else its exchange and routing key.</summary>
    public static Route To(QueueDefinition queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return queue.ExchangeType == "direct" ? new Route("", queue.Name, queue) : new Route(queue.Exchange, queue.RoutingKey, queue);
    }
}
