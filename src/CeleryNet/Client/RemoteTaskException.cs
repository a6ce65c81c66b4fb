using System.Diagnostics.CodeAnalysis;
using CeleryNet.Diagnostics;
using CeleryNet.Results;

namespace CeleryNet;

/// <summary>A task ended with an error on the other side. What is known of it is data: no type is ever loaded by the names in a message.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Id, state and error are always required.")]
public class RemoteTaskException : TaskQueueException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="taskId">Id of the task.</param>
    /// <param name="state">Its state.</param>
    /// <param name="error">Its error.</param>
    /// <param name="traceback">Stack trace of the other side as text.</param>
    public RemoteTaskException(string taskId, string state, RemoteError error, string? traceback)
        : this(ErrorCodes.TaskFailed, "failed", taskId, state, error, traceback) { }

    private protected RemoteTaskException(string code, string verb, string taskId, string state, RemoteError error, string? traceback)
        : base(code, $"Task {Printable.Limit(taskId)} {verb}: {Describe(error)}")
    {
        TaskId = taskId;
        State = state;
        Error = error;
        Traceback = traceback;
    }

    /// <summary>Id of the task.</summary>
    public string TaskId { get; }

    /// <summary>State of the task: FAILURE or REVOKED.</summary>
    public string State { get; }

    /// <summary>The error as it travelled.</summary>
    public RemoteError Error { get; }

    /// <summary>Qualified name of the exception's class on the other side, such as <c>ValueError</c>.</summary>
    public string Type => Error.Type;

    /// <summary>Module or namespace of that class, such as <c>builtins</c>; <c>null</c> when unknown.</summary>
    public string? Module => Error.Module;

    /// <summary>The other side's message, whole. <see cref="Exception.Message"/> shows its beginning.</summary>
    public string RemoteMessage => Error.Message;

    /// <summary>Stack trace of the other side as text; <c>null</c> when there is none.</summary>
    public string? Traceback { get; }

    /// <summary>The exception with the stack trace of the other side.</summary>
    public override string ToString() =>
        Traceback is { Length: > 0 } text ? $"{base.ToString()}{Environment.NewLine}--- on the side of the worker ---{Environment.NewLine}{text}" : base.ToString();

    private static string Describe(RemoteError error) =>
        error.Message is { Length: > 0 } message ? $"{Printable.Limit(error.Type)}: {Printable.Limit(message)}" : Printable.Limit(error.Type);
}
