using CeleryNet.Benchmarks.Harness;
using CeleryNet.Benchmarks.Tasks;

namespace CeleryNet.Benchmarks.Sql;

/// <summary>SQLite and PostgreSQL against loops of the same statements.</summary>
internal static class SqlScenarios
{
    private const double Ratio = 0.7;

    internal static readonly Scenario[] All = [.. Of("sqlite", isServer: false), .. Of("postgres", isServer: true)];

    private static IEnumerable<Scenario> Of(string name, bool isServer) =>
    [
        Produce($"sql-{name}-produce", "1 000 callers at once", isServer, isBulk: false, 40_000),
        Produce($"sql-{name}-produce-bulk", "all in one call", isServer, isBulk: true, 40_000),
        Cycle($"sql-{name}-cycle", "no result", isServer, withResults: false, 40_000),
        Cycle($"sql-{name}-cycle-results", "results in the same database", isServer, withResults: true, 20_000),
        new($"sql-{name}-latency", "one task at a time, idle worker in the same process", async settings =>
        {
            var queue = await SqlQueueControl.OpenAsync(isServer).ConfigureAwait(false);
            await using var closing = queue.ConfigureAwait(false);
            return await new Contest($"sql-{name}-latency", settings)
                .Add(await Latency.OpenAsync(queue.Url, TaskHost.NoResults).ConfigureAwait(false), Goal.MedianAtMost("start", 5))
                .RunAsync(200).ConfigureAwait(false);
        }),
        new($"sql-{name}-depth", "1 000 messages behind, or 1 000 000", async settings => await new Contest($"sql-{name}-depth", settings with { WarmRounds = Math.Min(1, settings.WarmRounds) })
            .Add(await WorkerAsync(isServer, "1 000 behind", 1_000).ConfigureAwait(false))
            .Add(await WorkerAsync(isServer, "1 000 000 behind", 1_000_000).ConfigureAwait(false), Goal.RatioAtLeast("P16", 0.9))
            .RunAsync(20_000).ConfigureAwait(false)),
    ];

    private static Scenario Produce(string name, string description, bool isServer, bool isBulk, int operations) => new(name, description, async settings =>
    {
        var queue = await SqlQueueControl.OpenAsync(isServer).ConfigureAwait(false);
        return await new Contest(name, settings)
            .Add(new RawProduce(await RawDatabase.OpenAsync(isServer).ConfigureAwait(false), isBulk))
            .Add(await Tasks.Produce.OpenAsync(queue.Url, queue, isBulk).ConfigureAwait(false), Goal.RatioAtLeast("P10", Ratio))
            .RunAsync(operations).ConfigureAwait(false);
    });

    private static Scenario Cycle(string name, string description, bool isServer, bool withResults, int operations) => new(name, description, async settings =>
    {
        var queue = await SqlQueueControl.OpenAsync(isServer).ConfigureAwait(false);
        return await new Contest(name, settings)
            .Add(new RawCycle(await RawDatabase.OpenAsync(isServer).ConfigureAwait(false), withResults))
            .Add(new Consume(queue.Url, withResults ? queue.Url : TaskHost.NoResults, queue), Goal.RatioAtLeast("P10", Ratio))
            .RunAsync(operations).ConfigureAwait(false);
    });

    private static async Task<Consume> WorkerAsync(bool isServer, string name, int behind)
    {
        var queue = await SqlQueueControl.OpenAsync(isServer, keepsRows: true).ConfigureAwait(false);
        return new Consume(queue.Url, TaskHost.NoResults, queue) { Name = name, Behind = behind };
    }
}
