using System.Globalization;

namespace CeleryNet.Benchmarks.Harness;

/// <summary>A bound that a row must keep, judged beside the scenario's baseline.</summary>
/// <param name="Name">Number of the goal and what is bounded.</param>
/// <param name="Limit">The bound, computed from the baseline's row.</param>
/// <param name="Actual">The value that is judged.</param>
/// <param name="IsUpper">True when the value must not exceed the bound, false when it must reach it.</param>
internal sealed record Goal(string Name, Func<Row, double> Limit, Func<Row, double> Actual, bool IsUpper)
{
    internal static Goal RatioAtLeast(string name, double ratio) => new($"{name}: ratio", _ => ratio, row => row.Ratio, false);

    /// <summary>Of latencies, where less is better.</summary>
    internal static Goal RatioAtMost(string name, double ratio) => new($"{name}: ratio", _ => ratio, row => row.Ratio, true);

    internal static Goal RateAtLeast(string name, double rate) => new($"{name}: rate", _ => rate, row => row.RatePerSecond, false);

    internal static Goal BytesAtMost(string name, double bytes) => new($"{name}: bytes", _ => bytes, row => row.AllocatedBytes, true);

    internal static Goal CpuAtMost(string name, Func<Row, double> limit) => new($"{name}: client µs", limit, row => row.ClientCpuMicroseconds, true);

    /// <summary>Memory that stays in use, per operation.</summary>
    internal static Goal MemoryAtMost(string name, double bytes) => new($"{name}: memory bytes", _ => bytes, row => row.MemoryBytes!.Value, true);

    /// <summary>Memory that all operations of a round together left in use, in MB of a million bytes.</summary>
    internal static Goal GrowthAtMost(string name, double megabytes) => new($"{name}: growth MB", _ => megabytes, row => row.MemoryBytes!.Value * row.Operations / 1e6, true);

    internal static Goal IdleCpuAtMost(string name, double percentOverBaseline) =>
        new($"{name}: idle CPU %", raw => raw.IdleCpuPercent!.Value + percentOverBaseline, row => row.IdleCpuPercent!.Value, true);

    internal static Goal StartAtMost(string name, Func<Row, double> limit) => new($"{name}: start ms", limit, row => row.ElapsedMilliseconds, true);

    internal static Goal[] LatencyAtMost(string name, double p99Milliseconds, double p999Milliseconds) =>
    [
        new($"{name}: p99 ms", _ => p99Milliseconds, row => row.P99Milliseconds!.Value, true),
        new($"{name}: p99.9 ms", _ => p999Milliseconds, row => row.P999Milliseconds!.Value, true),
    ];

    internal static Goal MedianAtMost(string name, double milliseconds) => new($"{name}: p50 ms", _ => milliseconds, row => row.P50Milliseconds!.Value, true);

    /// <summary>Latency from the call to the begin of the task.</summary>
    internal static Goal[] Start(string name) =>
    [
        new($"{name}: p50 ms", raw => (1.3 * raw.P50Milliseconds!.Value) + 0.1, row => row.P50Milliseconds!.Value, true),
        new($"{name}: p99 ms", raw => 2 * raw.P99Milliseconds!.Value, row => row.P99Milliseconds!.Value, true),
    ];

    /// <summary>Latency from the call to the result.</summary>
    internal static Goal Result(string name) => new($"{name}: p50 ms", raw => 1.5 * (raw.P50Milliseconds!.Value + 0.3), row => row.P50Milliseconds!.Value, true);

    internal GoalVerdict Judge(Row row, Row baseline)
    {
        var (limit, actual) = (Limit(baseline), Actual(row));
        var isMet = IsUpper ? actual <= limit : actual >= limit;
        var text = string.Create(CultureInfo.InvariantCulture, $"{Name} {actual:#,0.##} {(IsUpper ? "≤" : "≥")} {limit:#,0.##}");
        return new GoalVerdict(text, isMet);
    }
}

/// <summary>How a goal turned out.</summary>
/// <param name="Text">Goal, value and bound.</param>
/// <param name="IsMet">True when it was reached.</param>
internal sealed record GoalVerdict(string Text, bool IsMet);
