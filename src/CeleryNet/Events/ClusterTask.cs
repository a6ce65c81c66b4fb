using CeleryNet.Results;

namespace CeleryNet.Events;

/// <summary>A task as its events have shown it. Never changes; ask <see cref="ClusterState"/> again for news.</summary>
public sealed record ClusterTask
{
    /// <summary>Id of the task.</summary>
    public required string Id { get; init; }

    /// <summary>Wire name; <c>null</c> when no event has told it: events were switched on later, or no worker knows the task.</summary>
    public string? Name { get; init; }

    /// <summary>State: those of <see cref="TaskStates"/>, <c>RECEIVED</c>, <c>REJECTED</c>, or one of the user's own such as <c>PROGRESS</c>.</summary>
    public string State { get; init; } = TaskStates.Pending;

    /// <summary>When it came into its state.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>Logical clock of the last event about it.</summary>
    public long Clock { get; init; }

    /// <summary>Node name of the worker that told of it last; <c>null</c> when only its client has.</summary>
    public string? NodeName { get; init; }

    /// <summary>Node name of the client that sent it; <c>null</c> when that did not tell.</summary>
    public string? ClientName { get; init; }

    /// <summary>Positional arguments as Python's <c>repr</c> shows them.</summary>
    public string? Args { get; init; }

    /// <summary>Keyword arguments as Python's <c>repr</c> shows them.</summary>
    public string? Kwargs { get; init; }

    /// <summary>Id of the first task of the workflow.</summary>
    public string? RootId { get; init; }

    /// <summary>Id of the task that sent it.</summary>
    public string? ParentId { get; init; }

    /// <summary>How often it was retried so far.</summary>
    public int? Retries { get; init; }

    /// <summary>It does not run before this moment.</summary>
    public DateTimeOffset? Eta { get; init; }

    /// <summary>It is discarded after this moment.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Queue it was sent to; <c>null</c> when its client did not tell.</summary>
    public string? Queue { get; init; }

    /// <summary>Its return value as Python's <c>repr</c> shows it.</summary>
    public string? Result { get; init; }

    /// <summary>Its last error as Python's <c>repr</c> shows it.</summary>
    public string? Exception { get; init; }

    /// <summary>Stack trace of its last error; at most 16 384 characters.</summary>
    public string? Traceback { get; init; }

    /// <summary>How long it ran.</summary>
    public TimeSpan? Runtime { get; init; }

    /// <summary>When it was sent.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>When a worker received it last.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>When it began to run last.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it succeeded.</summary>
    public DateTimeOffset? SucceededAt { get; init; }

    /// <summary>When it failed for good.</summary>
    public DateTimeOffset? FailedAt { get; init; }

    /// <summary>When it failed last, to be run again.</summary>
    public DateTimeOffset? RetriedAt { get; init; }

    /// <summary>When it was revoked or expired.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>When it refused its message.</summary>
    public DateTimeOffset? RejectedAt { get; init; }

    /// <summary>True when nothing follows any more: it succeeded, failed, or was revoked.</summary>
    public bool IsReady => TaskStates.IsReady(State);
}
