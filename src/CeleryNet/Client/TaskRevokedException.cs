using System.Diagnostics.CodeAnalysis;
using CeleryNet.Diagnostics;
using CeleryNet.Results;

namespace CeleryNet;

/// <summary>A task was cancelled before or while it ran, or had expired before it could.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Id and error are always required.")]
public sealed class TaskRevokedException : RemoteTaskException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="taskId">Id of the task.</param>
    /// <param name="error">Its error, whose message tells <c>revoked</c>, <c>terminated</c> or <c>expired</c>.</param>
    /// <param name="traceback">Stack trace of the other side as text.</param>
    public TaskRevokedException(string taskId, RemoteError error, string? traceback)
        : base(ErrorCodes.TaskRevoked, "was revoked", taskId, TaskStates.Revoked, error, traceback) { }
}
