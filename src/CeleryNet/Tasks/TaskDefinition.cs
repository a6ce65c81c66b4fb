namespace CeleryNet.Tasks;

/// <summary>A task as its callers know it: wire name and the policy of its attribute. One static instance per task, made by generated code.</summary>
public sealed class TaskDefinition
{
    /// <summary>Creates the definition.</summary>
    /// <param name="name">Wire name.</param>
    /// <param name="policy">What the attribute says.</param>
    public TaskDefinition(string name, TaskPolicy? policy = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        Policy = policy ?? TaskPolicy.None;
    }

    /// <summary>Wire name.</summary>
    public string Name { get; }

    /// <summary>What the attribute says.</summary>
    public TaskPolicy Policy { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
