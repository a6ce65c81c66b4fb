namespace CeleryNet.Tasks;

/// <summary>
/// The task whose code is running, so that the tasks it sends name their parent and root as Celery's do. The worker's executor sets it around the call of the handler.
/// </summary>
/// <remarks>Ambient on purpose: the user's code sends through the same injected client inside and outside of a task.</remarks>
internal static class CurrentTask
{
    private static readonly AsyncLocal<TaskContext?> Running = new();

    /// <summary>The context of the running task; <c>null</c> outside of tasks.</summary>
    internal static TaskContext? Context
    {
        get => Running.Value;
        set => Running.Value = value;
    }
}
