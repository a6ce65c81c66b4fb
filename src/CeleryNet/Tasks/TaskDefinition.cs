namespace CeleryNet.Tasks;

/// <summary>A task as its callers know it: wire name and the policy of its attribute. One static instance per task, made by generated code.</summary>
public sealed class TaskDefinition
{
    /// <summary>Creates the definition.</summary>
    /// <param name="name">Wire name.</param>
    /// <param name="policy">What the attribute says.</param>
    /// <param name="conditions">What its other attributes say; <c>null</c> when it has none.</param>
    public TaskDefinition(string name, TaskPolicy? policy = null, TaskConditions? conditions = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        Policy = policy ?? TaskPolicy.None;
        Conditions = conditions;
    }

    /// <summary>Wire name.</summary>
    public string Name { get; }

    /// <summary>What the attribute says.</summary>
    public TaskPolicy Policy { get; }

    /// <summary>Limits over all workers, and how the task is unique; <c>null</c> when it has neither, which is nearly always.</summary>
    public TaskConditions? Conditions { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
