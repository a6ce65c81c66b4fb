using CeleryNet.Brokers;
using CeleryNet.Results;

namespace CeleryNet.Worker;

/// <summary>How a task ends: the state to store, if any, and what happens to its message.</summary>
/// <param name="State">State to store; <c>null</c> stores nothing.</param>
/// <param name="Settlement">What happens to the message.</param>
internal sealed record Verdict(string? State, Settlement Settlement)
{
    /// <summary>The state for metrics, also where none is stored.</summary>
    internal string StateName => State ?? (Settlement == Settlement.Requeue ? "REQUEUED" : Republish is null ? "IGNORED" : "REPUBLISHED");

    /// <summary>True when the end stores nothing although the run is over, so that what was stored before stays.</summary>
    internal bool EndsInSilence => State is null && Settlement != Settlement.Requeue;

    /// <summary>The error of an exception state.</summary>
    internal RemoteError? Error { get; init; }

    /// <summary>Stack trace of the error.</summary>
    internal string? Traceback { get; init; }

    /// <summary>The return value as JSON, valid until the invocation's buffer is disposed.</summary>
    internal ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>What is published before the message is settled: a retry, a dead letter; <c>null</c> for nothing.</summary>
    internal Republish? Republish { get; init; }

    /// <summary>The signature that takes the task's place, as JSON; empty for none.</summary>
    internal ReadOnlyMemory<byte> Replacement { get; init; }

    /// <summary>True when the task refused its message itself.</summary>
    internal bool IsRejected { get; init; }

    /// <summary>True when the run counts as one that did not end, although its process lives.</summary>
    internal bool CountsAsStart { get; init; }

    internal static Verdict Success(ReadOnlyMemory<byte> value) => value.IsEmpty ? Succeeded : Succeeded with { Value = value };

    internal static Verdict Failed(Exception error) =>
        new(TaskStates.Failure, Settlement.Acknowledge) { Error = WorkerErrors.Of(error), Traceback = error is TaskArgumentException ? null : error.ToString() };

    internal static Verdict Failed(RemoteError error) => new(TaskStates.Failure, Settlement.Acknowledge) { Error = error };

    internal static Verdict Revoked(RemoteError error) => new(TaskStates.Revoked, Settlement.Acknowledge) { Error = error };

    /// <summary>Ends as it is known to have ended before.</summary>
    internal static Verdict EndedBefore(TaskResult known) =>
        new(known.State, Settlement.Acknowledge) { Value = known.Value, Error = known.Error, Traceback = known.Traceback };

    // Nobody wants its value.
    private static Verdict Succeeded { get; } = new(TaskStates.Success, Settlement.Acknowledge);

    /// <summary>Done, and nothing is stored.</summary>
    internal static Verdict Ignored { get; } = new(null, Settlement.Acknowledge);

    internal static Verdict Expired { get; } = new(TaskStates.Revoked, Settlement.Acknowledge) { Error = WorkerErrors.Expired };

    /// <summary>Revoked before it began.</summary>
    internal static Verdict RevokedEarly { get; } = new(TaskStates.Revoked, Settlement.Acknowledge) { Error = WorkerErrors.Revoked };

    /// <summary>Revoked while it ran, and ended by that.</summary>
    internal static Verdict Terminated { get; } = new(TaskStates.Revoked, Settlement.Acknowledge) { Error = WorkerErrors.Terminated };

    /// <summary>Given up after its hard time limit. Acknowledged, as Celery's acks_on_failure_or_timeout has it.</summary>
    internal static Verdict TimeLimitExceeded(TimeSpan limit) => new(TaskStates.Failure, Settlement.Acknowledge) { Error = WorkerErrors.TimeLimitExceeded(limit) };

    /// <summary>Back to the queue, unfinished; nothing is stored.</summary>
    internal static Verdict Requeued { get; } = new(null, Settlement.Requeue);

    /// <summary>Back to the queue because the task says so, which it may do as often as it may be started.</summary>
    internal static Verdict RequeuedByItself { get; } = Requeued with { CountsAsStart = true };
}
