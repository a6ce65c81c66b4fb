using System.Diagnostics.CodeAnalysis;
using CeleryNet.Diagnostics;

namespace CeleryNet;

/// <summary>A task has not ended within the time the caller was willing to wait. It may still run.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Id, state and timeout are always required.")]
public sealed class ResultTimeoutException : TaskQueueException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="taskId">Id of the task.</param>
    /// <param name="state">Its last known state.</param>
    /// <param name="timeout">How long was waited.</param>
    /// <param name="innerException">Why the store could not be asked in the end; <c>null</c> when it could.</param>
    public ResultTimeoutException(string taskId, string state, TimeSpan timeout, Exception? innerException = null)
        : base(ErrorCodes.ResultTimeout, Describe(taskId, state, timeout, innerException), innerException)
    {
        TaskId = taskId;
        State = state;
        Timeout = timeout;
    }

    /// <summary>Id of the task.</summary>
    public string TaskId { get; }

    /// <summary>Its last known state; PENDING also when no worker knows the id.</summary>
    public string State { get; }

    /// <summary>How long was waited.</summary>
    public TimeSpan Timeout { get; }

    private static string Describe(string taskId, string state, TimeSpan timeout, Exception? cause) =>
        $"Task {Printable.Limit(taskId)} has no result after {timeout.TotalSeconds:0.###} s; its state is {Printable.Limit(state)}. "
        + (cause is TaskQueueException outage ? $"The store could not be reached at the end: {outage.Reason}" : "It may still run: wait longer, or look at its worker and queue.");
}
