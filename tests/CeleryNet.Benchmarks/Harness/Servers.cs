using System.Globalization;

namespace CeleryNet.Benchmarks.Harness;

/// <summary>The private servers of this run, as <c>build/bench.sh</c> tells by environment variables.</summary>
internal static class Servers
{
    private static readonly int[] ProcessIds = [.. new[] { "CELERYNET_BENCH_RABBITMQ_PID", "CELERYNET_BENCH_REDIS_PID", "CELERYNET_BENCH_POSTGRES_PID" }
        .Select(Environment.GetEnvironmentVariable)
        .Where(text => !string.IsNullOrEmpty(text))
        .Select(text => int.Parse(text!, CultureInfo.InvariantCulture))];

    internal static string RabbitMQ => Address("CELERYNET_TEST_RABBITMQ");

    internal static string Redis => Address("CELERYNET_TEST_REDIS");

    internal static string Postgres => Address("CELERYNET_TEST_POSTGRES");

    /// <summary>Processor time of all of them so far; <c>null</c> when it cannot be read here.</summary>
    internal static TimeSpan? Cpu()
    {
        if (ProcessIds.Length == 0 || !OperatingSystem.IsLinux()) return null;
        return ProcessIds.Aggregate(TimeSpan.Zero, (sum, id) => sum + ProcessUsage.Cpu(id));
    }

    /// <summary>Lets a server answer nobody, or go on: SIGSTOP and SIGCONT.</summary>
    internal static async Task FreezeAsync(bool isFrozen)
    {
        var id = Environment.GetEnvironmentVariable("CELERYNET_BENCH_REDIS_PID") ?? throw new InvalidOperationException("CELERYNET_BENCH_REDIS_PID is not set.");
        using var kill = System.Diagnostics.Process.Start("kill", [isFrozen ? "-STOP" : "-CONT", id]);
        await kill.WaitForExitAsync().ConfigureAwait(false);
        if (kill.ExitCode != 0) throw new InvalidOperationException($"Process {id} was not signalled.");
    }

    /// <summary>The machine's load of the last minute, processes that run or want to; the shortest answer to "was it quiet?".</summary>
    internal static string LoadAverage() => OperatingSystem.IsLinux() ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "?";

    private static string Address(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } url
        ? url
        : throw new InvalidOperationException($"{variable} is not set. Start the benchmarks by build/bench.sh, which starts the servers.");
}
