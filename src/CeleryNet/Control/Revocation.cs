namespace CeleryNet.Control;

/// <summary>What is revoked: one task by its id, or all tasks with a stamp.</summary>
/// <param name="Stamp">Name of the stamp; <c>null</c> for a task id.</param>
/// <param name="Value">Value of the stamp, or the task id.</param>
public readonly record struct Revocation(string? Stamp, string Value)
{
    /// <summary>The revocation of one task.</summary>
    public static Revocation OfTask(string taskId) => new(null, taskId);
}
