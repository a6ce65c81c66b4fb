using System.Text.Json;

namespace CeleryNet;

/// <summary>What a worker says of itself.</summary>
public sealed record WorkerStatistics
{
    /// <summary>How many tasks it has started since its own start, by wire name.</summary>
    public IReadOnlyDictionary<string, long> Total { get; init; } = new Dictionary<string, long>();

    /// <summary>Process.</summary>
    public int? ProcessId { get; init; }

    /// <summary>How long it runs; <c>null</c> where it does not say, as Celery before 5.1.</summary>
    public TimeSpan? Uptime { get; init; }

    /// <summary>How many tasks it runs at once.</summary>
    public int? Concurrency { get; init; }

    /// <summary>How many messages it holds unfinished at most.</summary>
    public int? Prefetch { get; init; }

    /// <summary>How it reaches the broker, such as <c>amqp</c> or <c>redis</c>.</summary>
    public string? Transport { get; init; }

    /// <summary>Host of the broker.</summary>
    public string? BrokerHost { get; init; }

    /// <summary>The whole reply.</summary>
    public JsonElement Raw { get; init; }
}
