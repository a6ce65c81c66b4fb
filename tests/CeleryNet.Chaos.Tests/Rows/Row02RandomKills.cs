using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Load;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Tests.Workers;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>Workers with tasks of 1 ms, which end and are acknowledged all the time, are killed at twenty random moments.</summary>
public abstract class Row02RandomKills(BrokerKind broker) : Row("2 random kills", broker)
{
    private const int Kills = 20;

    [SkippableFact]
    public Task Workers_KilledWhileTheyAcknowledge_LoseNothing() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.AcknowledgedEarly;

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        var seed = Environment.TickCount;
        verdict.Note($"seed {seed}");
        var random = new Random(seed);
        await using var stage = await StageAsync(new Scenery
        {
            Broker = Broker,

            // Mostly tasks of 1 ms; now and then one that is certainly running at a kill.
            Load = new LoadShape { PerSecond = 100, Milliseconds = 1, LongEvery = 20, LongMilliseconds = 500, AtLeast = 2000 },

            // On a busy machine one task may meet more kills than the five starts after which it would be taken for their cause.
            WorkerEnvironment = new Dictionary<string, string> { ["TaskQueue__Worker__MaxDeliveries"] = $"{Kills + 1}" },
        });

        var tally = await stage.PlayAsync(verdict, () => stage.DuringAsync(async () =>
        {
            for (var kill = 0; kill < Kills; kill++)
            {
                var seat = stage.Workers[random.Next(stage.Workers.Count)];
                await seat.Process.KillAsync();
                await Task.WhenAll(seat.StartAsync(), Task.Delay(random.Next(1000)));
            }
        }));

        // A short task frees its slot before its acknowledgement is on the wire, so more than the slots may be between both; what the prefetch allows bounds it.
        verdict.Judge(tally, new Bounds { Duplicates = Kills * 4 * Setup.Slots, Recovered = TimeSpan.FromSeconds(3) });
        await JudgeResultsAsync(verdict, stage);
    }

    // Each result is that of a run that ended, and it does not change any more.
    private static async Task JudgeResultsAsync(Verdict verdict, Stage stage)
    {
        var ends = stage.Book.All().Where(run => run.IsEnd).ToLookup(run => run.Key, run => run.Name);
        var results = await Task.WhenAll(stage.Load.Publishes.Where(publish => publish.IsAcked).Select(async publish => (publish.Key, Run: await ResultOfAsync(publish))));
        var wrong = results.Where(result => result.Run is null || !ends[result.Key].Contains(result.Run)).Select(result => $"{result.Key} has {result.Run ?? "no result"}").ToList();
        verdict.Demand(wrong.Count == 0, "results", string.Join(", ", wrong.Take(10)));
    }

    private static async Task<string?> ResultOfAsync(Publish publish)
    {
        try
        {
            return await publish.Handle!.GetAsync(TimeSpan.FromSeconds(30)); // acked
        }
        catch (ResultTimeoutException)
        {
            return null;
        }
    }
}

/// <summary>On RabbitMQ.</summary>
public sealed class Row02KillsOverRabbitMQ() : Row02RandomKills(BrokerKind.RabbitMQ);

/// <summary>On Redis.</summary>
public sealed class Row02KillsOverRedis() : Row02RandomKills(BrokerKind.Redis);

/// <summary>On SQLite.</summary>
public sealed class Row02KillsOverSqlite() : Row02RandomKills(BrokerKind.Sqlite);

/// <summary>On PostgreSQL.</summary>
public sealed class Row02KillsOverPostgres() : Row02RandomKills(BrokerKind.Postgres);
