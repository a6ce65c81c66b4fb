using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Load;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Tests.Workers;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>
/// The result store is away for 20 s while the broker is up: tasks without result go on, nothing else is acknowledged before its result is stored, and all results are readable afterwards.
/// </summary>
public abstract class Row19ResultsDown(BrokerKind broker) : Row("19 results down", broker)
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan QuietLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(30);

    [SkippableFact]
    public Task Results_AwayWhileBrokerIsUp_AreAllReadableAfterwards() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.SwallowedStore;

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await StageAsync(new Scenery { Broker = Broker, HasOwnResults = true, Load = new LoadShape { QuietEvery = 4 } });
        var store = stage.ResultServer!; // asked for

        var tally = await stage.PlayAsync(verdict, () => stage.DuringAsync(async () =>
        {
            var start = DateTimeOffset.UtcNow;
            await store.KillAsync();
            await Task.Delay(Outage);
            JudgeQuiet(verdict, stage, start);
            foreach (var seat in stage.Workers) JudgeMemory(verdict, seat, await seat.Process.MeasureAsync());
            await JudgeUnacknowledgedAsync(verdict, stage, start);
            await store.StartAgainAsync();
        }));

        verdict.Judge(tally, new Bounds { Duplicates = 0, Recovered = TimeSpan.FromSeconds(5) });
        var wanted = stage.Load.Publishes.Where(publish => publish is { IsAcked: true, IsQuiet: false }).ToList();
        var unread = await Task.WhenAll(wanted.Select(IsMissingAsync));
        verdict.Note($"{unread.Count(isMissing => !isMissing)} of {wanted.Count} results readable");
        verdict.Demand(!unread.Contains(true), "results", $"{unread.Count(isMissing => isMissing)} of {wanted.Count} results are missing");
    }

    private static void JudgeQuiet(Verdict verdict, Stage stage, DateTimeOffset start)
    {
        var now = DateTimeOffset.UtcNow;
        var sent = stage.Load.Publishes.Where(publish => publish is { IsQuiet: true, IsAcked: true } && publish.End > start && publish.End < now - QuietLimit).ToList();
        var ends = stage.Book.All().Where(run => run.IsEnd).GroupBy(run => run.Key).ToDictionary(runs => runs.Key, runs => runs.Min(run => run.Time));
        var waits = sent.Select(publish => (ends.TryGetValue(publish.Key, out var end) ? end : now) - publish.End).ToList();
        var longest = waits.DefaultIfEmpty().Max();
        verdict.Note($"{sent.Count} tasks without result in the outage, the longest wait {longest.TotalSeconds:0.00} s");
        verdict.Demand(sent.Count > 0, "hit", "no task without result was sent in the outage");
        verdict.Demand(longest <= QuietLimit, "quiet", $"{waits.Count(wait => wait > QuietLimit)} of {waits.Count} tasks without result took longer than {QuietLimit}, up to {longest}");
    }

    private static void JudgeMemory(Verdict verdict, WorkerSeat seat, ProcessUsage now)
    {
        var growth = now.MemoryBytes - seat.Before.MemoryBytes;
        verdict.Note($"worker grew {growth / 1048576.0:0.0} MB in the outage");
        verdict.Demand(growth <= Bounds.GrowthBytes, "rss", $"worker {seat.Process.Id} grew by {growth / 1048576.0:0.0} MB while results waited");
    }

    // Nobody can have stored the result of what has ended meanwhile, so it must still be in the hands of a worker.
    private async Task JudgeUnacknowledgedAsync(Verdict verdict, Stage stage, DateTimeOffset start)
    {
        // Those that are known to want a result: a task may end before its sender has noted that it was sent.
        var wanting = stage.Load.Publishes.Where(publish => !publish.IsQuiet).Select(publish => publish.Key).ToHashSet();
        var waiting = stage.Book.All().Where(run => run.IsEnd && run.Time > start && wanting.Contains(run.Key)).Select(run => run.Key).Distinct().Count();
        verdict.Note($"{waiting} results waited");
        verdict.Demand(waiting > 0, "hit", "no task with a result ended in the outage");
        if (IsRabbitMQ) return; // does not tell without its management plugin
        var held = await RedisConsole.CountAsync(stage.Setup.Broker, "HLEN", "unacked");
        verdict.Demand(held >= waiting, "unacknowledged", $"{waiting} tasks have ended without a stored result, and only {held} messages are unacknowledged");
    }

    private static async Task<bool> IsMissingAsync(Publish publish)
    {
        try
        {
            await publish.Handle!.GetAsync(ReadLimit); // acked
            return false;
        }
        catch (ResultTimeoutException)
        {
            return true;
        }
    }
}

/// <summary>On RabbitMQ.</summary>
public sealed class Row19OverRabbitMQ() : Row19ResultsDown(BrokerKind.RabbitMQ);

/// <summary>On Redis.</summary>
public sealed class Row19OverRedis() : Row19ResultsDown(BrokerKind.Redis);
