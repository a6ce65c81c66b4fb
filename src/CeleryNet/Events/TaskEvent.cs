namespace CeleryNet.Events;

/// <summary>An event about a task. Types of the user's own, such as <c>task-progress</c>, are this record itself.</summary>
public record TaskEvent : ClusterEvent
{
    /// <summary>Id of the task.</summary>
    public required string TaskId { get; init; }
}

/// <summary>What describes a task: part of the events that introduce it.</summary>
public abstract record TaskDescriptionEvent : TaskEvent
{
    /// <summary>Wire name of the task.</summary>
    public string? Name { get; init; }

    /// <summary>Positional arguments as Python's <c>repr</c> shows them, cut after some length.</summary>
    public string? Args { get; init; }

    /// <summary>Keyword arguments as Python's <c>repr</c> shows them, cut after some length.</summary>
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
}

/// <summary>A client has sent a task. Only from clients that are told to say so.</summary>
public sealed record TaskSentEvent : TaskDescriptionEvent
{
    /// <summary>Queue it was sent to.</summary>
    public string? Queue { get; init; }

    /// <summary>Exchange it was sent to.</summary>
    public string? Exchange { get; init; }

    /// <summary>Routing key it was sent with.</summary>
    public string? RoutingKey { get; init; }
}

/// <summary>A worker has received a task.</summary>
public sealed record TaskReceivedEvent : TaskDescriptionEvent;

/// <summary>A task begins to run.</summary>
public sealed record TaskStartedEvent : TaskEvent;

/// <summary>A task has returned a value.</summary>
public sealed record TaskSucceededEvent : TaskEvent
{
    /// <summary>The value as Python's <c>repr</c> shows it, cut after some length; <c>null</c> where a C# worker ignores results.</summary>
    public string? Result { get; init; }

    /// <summary>How long it ran.</summary>
    public TimeSpan? Runtime { get; init; }
}

/// <summary>A task has failed for good.</summary>
public sealed record TaskFailedEvent : TaskEvent
{
    /// <summary>The error as Python's <c>repr</c> shows it.</summary>
    public string? Exception { get; init; }

    /// <summary>Its stack trace; <c>null</c> when no worker has a handler for the task.</summary>
    public string? Traceback { get; init; }
}

/// <summary>A task has failed and will run again.</summary>
public sealed record TaskRetriedEvent : TaskEvent
{
    /// <summary>The error as Python's <c>repr</c> shows it.</summary>
    public string? Exception { get; init; }

    /// <summary>Its stack trace.</summary>
    public string? Traceback { get; init; }
}

/// <summary>A task has refused its message.</summary>
public sealed record TaskRejectedEvent : TaskEvent
{
    /// <summary>True when it went back to its queue.</summary>
    public bool? IsRequeued { get; init; }
}

/// <summary>A task was revoked, or has expired.</summary>
public sealed record TaskRevokedEvent : TaskEvent
{
    /// <summary>True when it was running.</summary>
    public bool? IsTerminated { get; init; }

    /// <summary>True when its time was over.</summary>
    public bool? IsExpired { get; init; }
}
