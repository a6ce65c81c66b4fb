using CeleryNet.Results;

namespace CeleryNet;

/// <summary>The run of an event.</summary>
public readonly struct TaskRunNotice
{
    /// <summary>The task: id, name, retries, headers and more.</summary>
    public required TaskContext Context { get; init; }

    /// <summary>
    /// How the run ended: one of <see cref="TaskStates"/>, or where no state is stored IGNORED, REPUBLISHED (put off) or REQUEUED (back in its queue unfinished). PENDING before it has ended.
    /// </summary>
    public required string State { get; init; }

    /// <summary>The return value as JSON, valid until the event ends; empty where there is none or nobody wants it.</summary>
    public ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>The error as it is stored; <c>null</c> where there is none.</summary>
    public RemoteError? Error { get; init; }

    /// <summary>What the run threw; <c>null</c> where it threw nothing, as with a hard time limit.</summary>
    public Exception? Exception { get; init; }

    /// <summary>True when a message takes its place next: the following attempt, or a dead letter.</summary>
    public bool IsRepublished { get; init; }

    /// <summary>How long it ran.</summary>
    public TimeSpan Elapsed { get; init; }
}
