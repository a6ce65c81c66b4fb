using System.Text.Json;

namespace CeleryNet;

/// <summary>A task in the hands of a worker, as the worker tells it.</summary>
public sealed record TaskInfo
{
    /// <summary>Id.</summary>
    public required string Id { get; init; }

    /// <summary>Name for people: the shadow name where the sender gave one, else the wire name.</summary>
    public required string Name { get; init; }

    /// <summary>Wire name.</summary>
    public required string Type { get; init; }

    /// <summary>Positional arguments; a text where the worker was asked, or had, to shorten them.</summary>
    public JsonElement Arguments { get; init; }

    /// <summary>Keyword arguments; a text where the worker was asked, or had, to shorten them.</summary>
    public JsonElement KeywordArguments { get; init; }

    /// <summary>Node name of the worker.</summary>
    public string? NodeName { get; init; }

    /// <summary>When it began to run, by the worker's clock; <c>null</c> when it has not.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>True when its message is acknowledged: a crash of the worker would lose it.</summary>
    public bool IsAcknowledged { get; init; }

    /// <summary>Exchange it was published to.</summary>
    public string? Exchange { get; init; }

    /// <summary>Routing key it was published with.</summary>
    public string? RoutingKey { get; init; }

    /// <summary>Priority.</summary>
    public int Priority { get; init; }

    /// <summary>True when the broker handed it out before.</summary>
    public bool IsRedelivered { get; init; }

    /// <summary>Process that runs it; <c>null</c> when it does not run.</summary>
    public int? ProcessId { get; init; }
}

/// <summary>A task that waits in a worker for its time.</summary>
/// <param name="Due">Its eta.</param>
/// <param name="Task">The task.</param>
public sealed record ScheduledTaskInfo(DateTimeOffset? Due, TaskInfo Task);

/// <summary>A task that was asked for by its id.</summary>
/// <param name="State"><c>active</c> while it runs, <c>reserved</c> while it waits for a slot, <c>ready</c> when it has ended.</param>
/// <param name="Task">The task.</param>
public sealed record QueriedTaskInfo(string State, TaskInfo Task);
