namespace CeleryNet.Benchmarks.Harness;

/// <summary>One line of the table: the medians over the warm rounds of one contender.</summary>
internal sealed record Row
{
    public required string Scenario { get; init; }

    public required string Contender { get; init; }

    public int Rounds { get; init; }

    public long Operations { get; init; }

    public double RatePerSecond { get; init; }

    public double NanosecondsPerOperation { get; init; }

    /// <summary>Median over the rounds of this contender's rate against the baseline's in the same round; of the latency where latencies are measured.</summary>
    public double Ratio { get; init; } = 1;

    /// <summary>The smallest and largest of those ratios: how far the machine's noise goes.</summary>
    public double LowestRatio { get; init; } = 1;

    public double HighestRatio { get; init; } = 1;

    public double ClientCpuMicroseconds { get; init; }

    public double? ServerCpuMicroseconds { get; init; }

    public double AllocatedBytes { get; init; }

    public double Gen2Per100K { get; init; }

    public double? P50Milliseconds { get; init; }

    public double? P99Milliseconds { get; init; }

    public double? P999Milliseconds { get; init; }

    /// <summary>Memory that stays in use, per operation.</summary>
    public double? MemoryBytes { get; init; }

    public double? IdleCpuPercent { get; init; }

    public double ElapsedMilliseconds { get; init; }

    public IReadOnlyList<GoalVerdict> Goals { get; init; } = [];
}
