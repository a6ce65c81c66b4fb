using System.Globalization;

namespace CeleryNet.Benchmarks.Harness;

/// <summary>The private servers of this run, as <c>build/bench.sh</c> tells by environment variables.</summary>
internal static class Servers
{
    // Linux counts processor time of other processes in ticks of 10 ms, whatever the kernel's own rate.
    private const double TicksPerSecond = 100;

    private static readonly int[] ProcessIds = [.. new[] { "CELERYNET_BENCH_RABBITMQ_PID", "CELERYNET_BENCH_REDIS_PID" }
        .Select(Environment.GetEnvironmentVariable)
        .Where(text => !string.IsNullOrEmpty(text))
        .Select(text => int.Parse(text!, CultureInfo.InvariantCulture))];

    internal static string RabbitMQ => Address("CELERYNET_TEST_RABBITMQ");

    internal static string Redis => Address("CELERYNET_TEST_REDIS");

    /// <summary>Processor time of all of them so far; <c>null</c> when it cannot be read here.</summary>
    internal static TimeSpan? Cpu()
    {
        if (ProcessIds.Length == 0 || !OperatingSystem.IsLinux()) return null;
        double ticks = 0;
        foreach (var id in ProcessIds)
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' '); // the name before may hold blanks
            ticks += double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture); // utime, stime
        }

        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }

    /// <summary>The machine's load of the last minute, processes that run or want to; the shortest answer to "was it quiet?".</summary>
    internal static string LoadAverage() => OperatingSystem.IsLinux() ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "?";

    private static string Address(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } url
        ? url
        : throw new InvalidOperationException($"{variable} is not set. Start the benchmarks by build/bench.sh, which starts the servers.");
}
