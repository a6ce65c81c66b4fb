namespace CeleryNet.SourceGenerator.Reading;

/// <summary>What the attribute sets; an unset value is <c>null</c>. Durations in ticks.</summary>
internal sealed record PolicyModel
{
    public string? Queue { get; init; }

    public int? Priority { get; init; }

    public bool? IgnoreResult { get; init; }

    public bool? TrackStarted { get; init; }

    public bool? AckEarly { get; init; }

    public long? Expires { get; init; }

    public long? TimeLimit { get; init; }

    public long? SoftTimeLimit { get; init; }
}
