using System.Globalization;

namespace CeleryNet.Benchmarks.Harness;

/// <summary>What a process and its children use, as Linux tells.</summary>
internal static class ProcessUsage
{
    // Linux counts processor time of other processes in ticks of 10 ms, whatever the kernel's own rate.
    private const double TicksPerSecond = 100;

    /// <summary>Processor time so far, that of children which have ended included.</summary>
    internal static TimeSpan Cpu(int processId)
    {
        var stat = File.ReadAllText($"/proc/{processId}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' '); // the name before may hold blanks
        var ticks = Enumerable.Range(11, 4).Sum(index => double.Parse(fields[index], CultureInfo.InvariantCulture)); // utime, stime, cutime, cstime
        return TimeSpan.FromSeconds(ticks / TicksPerSecond) + Children(processId).Aggregate(TimeSpan.Zero, (sum, child) => sum + Cpu(child));
    }

    /// <summary>Resident memory in bytes, as <c>top</c> shows it: what several processes share counts in each.</summary>
    internal static long Memory(int processId) =>
        long.Parse(Value($"/proc/{processId}/status", "VmRSS:"), CultureInfo.InvariantCulture) * 1024 + Children(processId).Sum(Memory);

    private static int[] Children(int processId) =>
        [.. File.ReadAllText($"/proc/{processId}/task/{processId}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture))];

    private static string Value(string file, string name) =>
        File.ReadLines(file).First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
}
