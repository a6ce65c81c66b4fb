namespace CeleryNet.SourceGenerator.Reading;

/// <summary>One <c>[Periodic]</c> of a task; an unset value is <c>null</c>. Durations in ticks.</summary>
internal sealed record PeriodicModel
{
    /// <summary>Name of the entry; <c>null</c> for the task's wire name.</summary>
    public string? Name { get; init; }

    public string? Cron { get; init; }

    public string? Zone { get; init; }

    public long? Every { get; init; }

    public string? Queue { get; init; }

    public long? Expires { get; init; }

    /// <summary>Value of the policy.</summary>
    public int Misfire { get; init; }

    public int? CatchUpLimit { get; init; }

    public int? MaxRuns { get; init; }

    public long? Jitter { get; init; }
}
