namespace CeleryNet;

/// <summary>A queue that a worker consumes, as it describes the queue itself: Celery's <c>active_queues</c>.</summary>
/// <param name="Name">Name.</param>
/// <param name="Exchange">Exchange it is bound to.</param>
/// <param name="ExchangeType">Type of the exchange.</param>
/// <param name="RoutingKey">Key of the binding.</param>
/// <param name="IsDurable">True when it survives a restart of the broker.</param>
public sealed record ActiveQueue(string Name, string? Exchange, string? ExchangeType, string? RoutingKey, bool IsDurable);
