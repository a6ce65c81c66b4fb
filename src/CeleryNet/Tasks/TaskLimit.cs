namespace CeleryNet.Tasks;

/// <summary>A limit over all C# workers: how many tasks with one key run at once, or how often they start.</summary>
public sealed record TaskLimit
{
    private TaskLimit() { }

    /// <summary>Name under which tasks share the limit; <c>null</c> for the task's own wire name.</summary>
    public string? Name { get; private init; }

    /// <summary>How many run at once; 0 for a limit of the rate.</summary>
    public int Slots { get; private init; }

    /// <summary>How often they start; unlimited for a limit of the concurrency.</summary>
    public TaskRate Rate { get; private init; }

    /// <summary>So many at once.</summary>
    public static TaskLimit OfConcurrency(int slots, string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        return new TaskLimit { Slots = slots, Name = name };
    }

    /// <summary>So many starts in a time.</summary>
    public static TaskLimit OfRate(TaskRate rate, string? name = null) =>
        rate.IsUnlimited ? throw new ArgumentOutOfRangeException(nameof(rate), rate, "A limit allows less than any number.") : new TaskLimit { Rate = rate, Name = name };
}
