using CeleryNet.Benchmarks.Tasks;

namespace CeleryNet.Benchmarks.Rivals;

/// <summary>Hangfire's form of the task; it calls public methods only.</summary>
public static class HangfireJobs
{
    /// <summary>The sum.</summary>
    public static int Add(int x, int y) => BenchTasks.Add(x, y);
}
