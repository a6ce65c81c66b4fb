namespace CeleryNet;

/// <summary>A task that was given up.</summary>
public sealed record DeadLetter
{
    /// <summary>Id of the task; <c>null</c> when its message could not be read.</summary>
    public required string? TaskId { get; init; }

    /// <summary>Wire name of the task; <c>null</c> when its message could not be read.</summary>
    public required string? TaskName { get; init; }

    /// <summary>Why it was given up, for people.</summary>
    public required string Reason { get; init; }

    /// <summary>Its error as type and text; <c>null</c> when there was none.</summary>
    public required string? Error { get; init; }

    /// <summary>How often it was started without an end; 0 when that was not counted.</summary>
    public required int Starts { get; init; }

    /// <summary>How often it was retried.</summary>
    public required int Retries { get; init; }

    /// <summary>The former attempts that were retried, oldest first; at most 10.</summary>
    public required IReadOnlyList<TaskAttempt> Attempts { get; init; }

    /// <summary>Queue it was taken from.</summary>
    public required string Queue { get; init; }

    /// <summary>Exchange it was published to; empty for the default one.</summary>
    public required string Exchange { get; init; }

    /// <summary>Routing key it was published with.</summary>
    public required string RoutingKey { get; init; }

    /// <summary>When it was given up.</summary>
    public required DateTimeOffset DiedAt { get; init; }

    /// <summary>Positional arguments as Python shows them, at most 1 024 characters. They may hold personal data.</summary>
    public required string? ArgsRepr { get; init; }

    /// <summary>Keyword arguments as Python shows them, at most 1 024 characters. They may hold personal data.</summary>
    public required string? KwargsRepr { get; init; }
}
