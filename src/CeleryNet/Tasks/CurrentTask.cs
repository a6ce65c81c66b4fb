namespace CeleryNet.Tasks;

/// <summary>The task that runs in this flow of control, so that what it sends knows its parent and root, as in Celery.</summary>
internal static class CurrentTask
{
    private static readonly AsyncLocal<TaskContext?> Local = new();

    internal static TaskContext? Context
    {
        get => Local.Value;
        set => Local.Value = value;
    }
}
