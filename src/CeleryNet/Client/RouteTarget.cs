using System.Diagnostics.CodeAnalysis;

namespace CeleryNet;

/// <summary>Where a route sends its tasks. A queue's name converts to it.</summary>
public sealed record RouteTarget
{
    /// <summary>The queue. Not together with <see cref="Exchange"/>.</summary>
    public string? Queue { get; init; }

    /// <summary>The exchange; only together with <see cref="RoutingKey"/>. Nothing is declared then.</summary>
    public string? Exchange { get; init; }

    /// <summary>The routing key; without <see cref="Exchange"/> it is used with the exchange of the queue.</summary>
    public string? RoutingKey { get; init; }

    /// <summary>Priority, 0 to 255, unless configuration or call say otherwise.</summary>
    public int? Priority { get; init; }

    /// <summary>The target that is <paramref name="queue"/>; <c>null</c> stays <c>null</c>, so that a function may return either.</summary>
    [return: NotNullIfNotNull(nameof(queue))]
    public static implicit operator RouteTarget?(string? queue) => queue is null ? null : ToQueue(queue);

    /// <summary>The target that is <paramref name="queue"/>.</summary>
    public static RouteTarget ToQueue(string queue) => new() { Queue = queue };
}
