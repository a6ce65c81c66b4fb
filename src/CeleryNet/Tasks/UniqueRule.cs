namespace CeleryNet.Tasks;

/// <summary>What <see cref="UniqueAttribute"/> says, as generated code passes it on.</summary>
public sealed record UniqueRule
{
    /// <summary>How long a key is kept at the longest, from the moment at which the task may start.</summary>
    public required TimeSpan For { get; init; }

    /// <summary>What happens to the second one.</summary>
    public DuplicatePolicy OnDuplicate { get; init; }

    /// <summary>When the key becomes free before its time is over.</summary>
    public UniqueUntil Until { get; init; }

    /// <summary>Name under which tasks share keys; <c>null</c> for the task's own wire name.</summary>
    public string? Name { get; init; }
}
