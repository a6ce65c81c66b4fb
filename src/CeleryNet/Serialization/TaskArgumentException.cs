using System.Diagnostics.CodeAnalysis;
using CeleryNet.Diagnostics;

namespace CeleryNet;

/// <summary>The arguments of a message do not fit the parameters of the task. Fails that task alone; a Python client sees a <c>TypeError</c>, as from Celery.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "A code is always required.")]
public sealed class TaskArgumentException : TaskQueueException
{
    /// <summary>Creates the exception.</summary>
    public TaskArgumentException(string message, Exception? innerException = null) : base(ErrorCodes.BadArguments, message, innerException) { }
}
