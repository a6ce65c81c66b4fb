using CeleryNet.Diagnostics;

namespace CeleryNet.Worker.BuiltIn;

/// <summary>A built-in task was to call a task that this worker does not have. Fails as Celery's <c>NotRegistered</c>.</summary>
internal sealed class UnregisteredTaskException(string taskName) : TaskQueueException(
    ErrorCodes.TaskNotRegistered, $"Task '{Printable.Limit(taskName)}' has no handler in this worker. Register it with AddTasks or send the call to a worker that has it.")
{
    internal string TaskName { get; } = taskName;
}
