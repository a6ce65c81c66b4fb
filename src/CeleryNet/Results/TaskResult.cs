namespace CeleryNet.Results;

/// <summary>One state of one task as the result store keeps it: Celery's result document.</summary>
public sealed record TaskResult
{
    /// <summary>Id of the task.</summary>
    public required string TaskId { get; init; }

    /// <summary>State, one of <see cref="TaskStates"/> or a custom one.</summary>
    public required string State { get; init; }

    /// <summary>
    /// Field <c>result</c> as JSON: the return value, the custom state's data, or <c>{"pid":…,"hostname":…}</c> for STARTED. Empty when <see cref="Error"/> is set, else
    /// empty means <c>null</c>.
    /// </summary>
    public ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>The error of an exception state; <c>null</c> otherwise.</summary>
    public RemoteError? Error { get; init; }

    /// <summary>Stack trace of the failing side as text; <c>null</c> when there is none.</summary>
    public string? Traceback { get; init; }

    /// <summary>Field <c>children</c> as JSON, a list of result tuples; empty is written as <c>[]</c>.</summary>
    public ReadOnlyMemory<byte> Children { get; init; }

    /// <summary>When the task ended; <c>null</c> while it has not. A stored value without zone is read as UTC.</summary>
    public DateTimeOffset? DateDone { get; init; }

    /// <summary>Id of the group; written only when set.</summary>
    public string? GroupId { get; init; }

    /// <summary>Id of the parent task; written only when set.</summary>
    public string? ParentId { get; init; }

    /// <summary>True for SUCCESS, FAILURE and REVOKED.</summary>
    public bool IsReady => TaskStates.IsReady(State);
}
