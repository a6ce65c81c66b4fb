namespace CeleryNet;

/// <summary>A task that waits in a queue.</summary>
public sealed record QueuedTask
{
    /// <summary>Id of the task; <c>null</c> when its message cannot be read.</summary>
    public required string? TaskId { get; init; }

    /// <summary>Wire name of the task; <c>null</c> when its message cannot be read.</summary>
    public required string? TaskName { get; init; }

    /// <summary>Positional arguments as Python shows them, at most 1 024 characters; <c>null</c> when the sender did not say. They may hold personal data.</summary>
    public required string? ArgsRepr { get; init; }

    /// <summary>Keyword arguments as Python shows them, at most 1 024 characters; <c>null</c> when the sender did not say. They may hold personal data.</summary>
    public required string? KwargsRepr { get; init; }

    /// <summary>When it is due; <c>null</c> for at once.</summary>
    public required DateTimeOffset? Eta { get; init; }

    /// <summary>When it expires; <c>null</c> for never.</summary>
    public required DateTimeOffset? Expires { get; init; }

    /// <summary>Its priority, as its sender gave it.</summary>
    public required int Priority { get; init; }

    /// <summary>How often it was retried.</summary>
    public required int Retries { get; init; }

    /// <summary>Queue it waits in.</summary>
    public required string Queue { get; init; }

    /// <summary>True when it was delivered before and came back.</summary>
    public required bool IsRedelivered { get; init; }

    /// <summary>Id of the task that began the workflow; its own when that was itself.</summary>
    public required string? RootId { get; init; }

    /// <summary>Id of the task that sent it; <c>null</c> when no task did.</summary>
    public required string? ParentId { get; init; }

    /// <summary>Who sent it, <c>pid@host</c>, as far as the sender said.</summary>
    public required string? Origin { get; init; }

    /// <summary>Size of its body in bytes, as it travels.</summary>
    public required int BodyBytes { get; init; }

    /// <summary>Why its message cannot be read; <c>null</c> when it can.</summary>
    public required string? Problem { get; init; }
}
