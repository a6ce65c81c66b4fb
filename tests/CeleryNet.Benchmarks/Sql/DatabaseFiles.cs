namespace CeleryNet.Benchmarks.Sql;

/// <summary>Files of SQLite below the run's folder, which <c>build/bench.sh</c> removes.</summary>
internal static class DatabaseFiles
{
    internal static string New(string name) => Path.Combine(
        Environment.GetEnvironmentVariable("CELERYNET_BENCH_FOLDER") ?? throw new InvalidOperationException("CELERYNET_BENCH_FOLDER is not set. Start the benchmarks by build/bench.sh."),
        $"{name}-{Guid.NewGuid():n}.db");
}
