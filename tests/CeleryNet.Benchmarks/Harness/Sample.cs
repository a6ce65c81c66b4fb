namespace CeleryNet.Benchmarks.Harness;

/// <summary>What one round of one contender took.</summary>
/// <param name="Operations">Tasks, messages or calls of the round.</param>
/// <param name="Elapsed">Wall-clock time.</param>
internal sealed record Sample(long Operations, TimeSpan Elapsed)
{
    /// <summary>Processor time of this process, all threads.</summary>
    internal TimeSpan ClientCpu { get; init; }

    /// <summary>Processor time of the private servers; <c>null</c> when their process ids were not given.</summary>
    internal TimeSpan? ServerCpu { get; init; }

    /// <summary>Bytes allocated by this process.</summary>
    internal long AllocatedBytes { get; init; }

    /// <summary>Collections of generation 2 during the round.</summary>
    internal int Gen2Collections { get; init; }

    /// <summary>Memory that stays in use; <c>null</c> where it is not what the scenario measures.</summary>
    internal long? MemoryBytes { get; init; }

    /// <summary>Share of one processor that was used while there was nothing to do, in percent.</summary>
    internal double? IdleCpuPercent { get; init; }

    /// <summary>Single latencies in milliseconds; empty when the round measured a rate.</summary>
    internal IReadOnlyList<double> Latencies { get; init; } = [];

    internal double RatePerSecond => Operations / Elapsed.TotalSeconds;

    internal double NanosecondsPerOperation => Elapsed.TotalNanoseconds / Operations;
}
