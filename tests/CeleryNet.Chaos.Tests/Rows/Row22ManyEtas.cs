using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Tests.Workers;
using CeleryNet.Chaos.Worker;
using CeleryNet.Contracts;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>10 000 tasks for later and then 100 for now, and a worker is killed: those for now are not held up, those for later run at their time, once, in bounded memory.</summary>
public abstract class Row22ManyEtas(BrokerKind broker) : Row("22 etas", broker)
{
    private const int Later = 10_000;
    private const int Now = 100;
    private const long GrowthLimitBytes = 50 * 1024 * 1024;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan NowLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LatenessLimit = TimeSpan.FromSeconds(2);

    [SkippableFact]
    public Task Tasks_WithManyEtas_RunAtTheirTimeAndHoldUpNobody() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation { get; } = new("nothing is parked, delayed or held beyond the prefetch", "immediate")
    {
        Apply = scenery => scenery with
        {
            WorkerEnvironment = new Dictionary<string, string> { [ChaosSettings.Mutation] = Mutations.NoParking, ["TaskQueue__Worker__MaxHeldTasks"] = "0" },
            Client = scenery.Client + (scenery.Broker == BrokerKind.RabbitMQ ? queue => queue.UseRabbitMQ(TestServers.RabbitMQ, options => options.DelayedDelivery = false) : null),
        },
    };

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await StageAsync(new Scenery { Broker = Broker, Client = Scenery.Patient, BrokerOption = IsRabbitMQ ? null : "visibility_timeout=10" });
        foreach (var seat in stage.Workers) seat.Before = await seat.Process.MeasureAsync();

        var start = DateTimeOffset.UtcNow;
        var etas = Enumerable.Range(0, Later).ToDictionary(index => $"later-{index}", index => Round(start + First + (Spread * index / Later)));
        await stage.Host.Client.EnqueueManyAsync(etas.Select(eta => ChaosTasks.RecordTask(eta.Key, 1).With(options => options.Eta = eta.Value)));
        var enqueued = DateTimeOffset.UtcNow;
        await stage.EnqueueAsync("now", Now, milliseconds: 20);
        var sent = DateTimeOffset.UtcNow;
        await Stage.ComesTrueAsync(() => stage.Book.Done >= Now);
        var doneAfter = DateTimeOffset.UtcNow - sent;
        verdict.Note($"{Later} sent in {(enqueued - start).TotalSeconds:0.0} s, immediate ones done after {doneAfter.TotalSeconds:0.0} s");
        verdict.Demand(doneAfter <= NowLimit, "immediate", $"done after {doneAfter}, at most {NowLimit}");

        foreach (var seat in stage.Workers) JudgeMemory(verdict, seat, await seat.Process.MeasureAsync());
        await stage.Workers[0].Process.KillAsync();
        await stage.Workers[0].StartAsync();
        await Stage.ComesTrueAsync(() => stage.Book.Done == Later + Now, First + Spread + TimeSpan.FromSeconds(60));
        JudgeTimes(verdict, stage, etas);
    }

    private static void JudgeMemory(Verdict verdict, WorkerSeat seat, ProcessUsage now)
    {
        var growth = now.MemoryBytes - seat.Before.MemoryBytes;
        verdict.Note($"worker grew {growth / 1048576.0:0.0} MB");
        verdict.Demand(growth <= GrowthLimitBytes, "rss", $"worker {seat.Process.Id} grew by {growth / 1048576.0:0.0} MB");
    }

    private static void JudgeTimes(Verdict verdict, Stage stage, Dictionary<string, DateTimeOffset> etas)
    {
        var runs = stage.Book.All();
        var lost = etas.Keys.Except(runs.Where(run => run.IsEnd).Select(run => run.Key)).ToList();
        var starts = runs.Where(run => !run.IsEnd && etas.ContainsKey(run.Key)).ToList();
        var lateness = starts.DistinctBy(run => run.Key).Select(run => run.Time - etas[run.Key]).Order().ToList();
        var early = lateness.Count(late => late < TimeSpan.Zero);
        var p99 = lateness.Count == 0 ? TimeSpan.MaxValue : lateness[(int)(lateness.Count * 0.99)];
        var twice = starts.Count - starts.DistinctBy(run => run.Key).Count();
        verdict.Note($"lost={lost.Count} early={early} dup={twice} lateness of half {lateness.ElementAtOrDefault(lateness.Count / 2).TotalSeconds:0.00} s, of 99 % {p99.TotalSeconds:0.00} s, longest {lateness.LastOrDefault().TotalSeconds:0.0} s");
        verdict.Demand(lost.Count == 0, "lost", $"{lost.Count}: {string.Join(", ", lost.Take(10))}");
        verdict.Demand(early == 0, "early", $"{early} began before their time, by up to {-lateness.FirstOrDefault()}");
        verdict.Demand(twice <= Setup.Slots, "dup", $"{twice} began twice, at most {Setup.Slots}");
        verdict.Demand(p99 <= LatenessLimit, "lateness", $"99 % began within {p99}, at most {LatenessLimit}");
    }

    // Records have milliseconds, so that a start within the same one is not early.
    private static DateTimeOffset Round(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
}

/// <summary>On RabbitMQ.</summary>
public sealed class Row22OverRabbitMQ() : Row22ManyEtas(BrokerKind.RabbitMQ);

/// <summary>On Redis.</summary>
public sealed class Row22OverRedis() : Row22ManyEtas(BrokerKind.Redis);
