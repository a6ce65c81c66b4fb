namespace CeleryNet;

/// <summary>A periodic task as it stands now.</summary>
public sealed record BeatEntryStatus
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Wire name of the task it sends.</summary>
    public required string TaskName { get; init; }

    /// <summary>When it is due, for people: <c>0 8 * * mon (Europe/Berlin)</c>.</summary>
    public required string Schedule { get; init; }

    /// <summary>The entry; <c>null</c> where its schedule is a class that only another host knows.</summary>
    public BeatEntry? Entry { get; init; }

    /// <summary>True when it comes from code or configuration and was not changed at run time.</summary>
    public bool IsFromCode { get; init; }

    /// <summary>True: it is not sent.</summary>
    public bool IsPaused { get; init; }

    /// <summary>The moment for which it was sent last; <c>null</c> before the first.</summary>
    public DateTimeOffset? LastRun { get; init; }

    /// <summary>The moment for which it is sent next; it may have passed while no beat runs. <c>null</c> when there is none, or nobody here can say.</summary>
    public DateTimeOffset? NextRun { get; init; }

    /// <summary>How often it was sent.</summary>
    public long TotalRuns { get; init; }
}
