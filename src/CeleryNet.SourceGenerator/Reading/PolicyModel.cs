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

    public int? MaxRetries { get; init; }

    public long? RetryDelay { get; init; }

    public bool? RetryBackoff { get; init; }

    public long? RetryBackoffMax { get; init; }

    public bool? RetryJitter { get; init; }

    /// <summary>Types as text.</summary>
    public EquatableArray<string>? RetryFor { get; init; }

    /// <summary>Types as text.</summary>
    public EquatableArray<string>? NoRetryFor { get; init; }

    public int? MaxDeliveries { get; init; }

    public bool? RejectOnWorkerLost { get; init; }

    public bool? DeadLetterFailures { get; init; }

    public bool? StoreErrors { get; init; }

    public string? RateLimit { get; init; }

    public bool? SkipFinished { get; init; }
}
