using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Load;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Tests.Workers;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>The result store is away for 20 s while the broker is up: tasks whose results are ignored go on, the others are acknowledged when their results are stored.</summary>
public abstract class Row19ResultsDown(BrokerKind broker) : Row("19 results down", broker)
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(20);
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
        var (start, end) = (DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
        IReadOnlyList<string> quietInOutage = [];

        var tally = await stage.PlayAsync(verdict, () => stage.DuringAsync(async () =>
        {
            start = DateTimeOffset.UtcNow;
            await store.KillAsync();
            await Task.Delay(Outage);
            end = DateTimeOffset.UtcNow;
            var runs = stage.Book.All().Where(run => run.IsEnd && run.Time > start.AddSeconds(1)).Select(run => run.Key).ToHashSet();
            quietInOutage = [.. stage.Load.Publishes.Where(publish => publish is { IsQuiet: true, IsAcked: true } && publish.End > start.AddSeconds(1) && publish.End < end.AddSeconds(-5)).Select(publish => publish.Key)];
            verdict.Note($"{quietInOutage.Count(runs.Contains)} of {quietInOutage.Count} quiet tasks done in the outage");
            verdict.Demand(quietInOutage.Count > 0 && quietInOutage.All(runs.Contains), "quiet tasks", $"{quietInOutage.Count(key => !runs.Contains(key))} of {quietInOutage.Count} tasks without result were not done in the outage");
            await JudgeUnacknowledgedAsync(verdict, stage, start);
            await store.StartAgainAsync();
        }));

        verdict.Judge(tally, new Bounds { Duplicates = 0, Recovered = TimeSpan.FromSeconds(5) });
        var wanted = stage.Load.Publishes.Where(publish => publish is { IsAcked: true, IsQuiet: false }).ToList();
        var unread = await Task.WhenAll(wanted.Select(IsMissingAsync));
        verdict.Note($"{unread.Count(isMissing => !isMissing)} of {wanted.Count} results readable");
        verdict.Demand(!unread.Contains(true), "results", $"{unread.Count(isMissing => isMissing)} of {wanted.Count} results are missing");
    }

    // Nobody can have stored the result of what has ended meanwhile, so it must still be in the hands of a worker.
    private async Task JudgeUnacknowledgedAsync(Verdict verdict, Stage stage, DateTimeOffset start)
    {
        var quiet = stage.Load.Publishes.Where(publish => publish.IsQuiet).Select(publish => publish.Key).ToHashSet();
        var waiting = stage.Book.All().Where(run => run.IsEnd && run.Time > start && !quiet.Contains(run.Key)).Select(run => run.Key).Distinct().Count();
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
