using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Load;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Tests.Workers;
using CeleryNet.Chaos.Worker;
using CeleryNet.Contracts;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>A worker with one slot ends between two steps of finishing a task: nothing is lost, and the result stays the first that was stored.</summary>
public abstract class Row02FaultPoints(BrokerKind broker) : Row("2 fault points", broker)
{
    private const int Tasks = 30;
    private const int FailAt = 10;

    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(30);

    [SkippableFact]
    public Task Worker_EndedBetweenSteps_LeavesNoHalfState() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.AcknowledgedFirst;

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict) =>
        await Task.WhenAll(PlayAsync(verdict, FaultPoint.AfterRun, 1), PlayAsync(verdict, FaultPoint.AfterResult, 1), PlayAsync(verdict, FaultPoint.AfterAcknowledge, 0));

    private async Task PlayAsync(Verdict verdict, string point, int duplicates)
    {
        await using var stage = await StageAsync(new Scenery
        {
            Broker = Broker,
            Workers = 0,
            Load = new LoadShape { PerSecond = 20, LongEvery = 0, AtLeast = Tasks },
            WorkerEnvironment = new Dictionary<string, string> { [ChaosSettings.Concurrency] = "1" },
        });
        var first = stage.NewSeat(new Dictionary<string, string> { [ChaosSettings.FailAt] = $"{point}:{FailAt}" });
        var second = stage.NewSeat();

        await first.StartAsync();
        stage.BeginLoad();
        await stage.DuringAsync(async () =>
        {
            await first.Process.WaitForExitAsync(ExitLimit);
            await second.StartAsync();
            // Every task may have run by now, the one at the fault point too: its second run comes when the lease of the dead worker has ended.
            if (duplicates > 0) await Stage.ComesTrueAsync(() => stage.Book.All().Where(run => !run.IsEnd).GroupBy(run => run.Key).Any(runs => runs.Count() > 1), RecoveryLimit);
        });
        var tally = await stage.FinishAsync(verdict);

        verdict.Judge(tally, new Bounds { Duplicates = duplicates });
        verdict.Demand(tally.Duplicates == duplicates, "dup", $"{tally.Duplicates} tasks began twice after {point}, exactly {duplicates} must");
        verdict.Demand(first.Process.Output.Contains($"Fault point {point}", StringComparison.Ordinal), "fault", $"the worker ended otherwise; it printed {first.Process.Output}");
        await JudgeResultsAsync(verdict, stage, point);
    }

    // The task at the fault point: its result is the first run's where that was stored, else the second's. All others ran once.
    private static async Task JudgeResultsAsync(Verdict verdict, Stage stage, string point)
    {
        var ends = stage.Book.All().Where(run => run.IsEnd).GroupBy(run => run.Key).ToDictionary(runs => runs.Key, runs => runs.ToList());
        var wrong = new List<string>();
        foreach (var publish in stage.Load.Publishes.Where(publish => publish.IsAcked && ends.ContainsKey(publish.Key)))
        {
            var runs = ends[publish.Key];
            var expected = point == FaultPoint.AfterRun ? runs[^1].Name : runs[0].Name;
            var stored = await StoredAsync(publish.Handle!); // acked
            if (stored != expected) wrong.Add($"{publish.Key} has {stored ?? "no result"} instead of {expected}");
        }

        verdict.Demand(wrong.Count == 0, "results", $"after {point}: {string.Join(", ", wrong)}");
    }

    private static async Task<string?> StoredAsync(TaskHandle<string> handle)
    {
        try
        {
            return await handle.GetAsync(TimeSpan.FromSeconds(2));
        }
        catch (ResultTimeoutException)
        {
            return null;
        }
    }
}

/// <summary>On RabbitMQ.</summary>
public sealed class Row02OverRabbitMQ() : Row02FaultPoints(BrokerKind.RabbitMQ);

/// <summary>On Redis.</summary>
public sealed class Row02OverRedis() : Row02FaultPoints(BrokerKind.Redis);

/// <summary>On SQLite.</summary>
public sealed class Row02OverSqlite() : Row02FaultPoints(BrokerKind.Sqlite);

/// <summary>On PostgreSQL.</summary>
public sealed class Row02OverPostgres() : Row02FaultPoints(BrokerKind.Postgres);
