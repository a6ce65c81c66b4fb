using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Tests.Workers;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>Redis has no memory left for 10 s and refuses what would take more: publishing fails and says why, workers go on with what is there.</summary>
public sealed class Row13RedisFull() : Row("13 Redis out of memory", BrokerKind.Redis)
{
    private const int Backlog = 200;

    private static readonly TimeSpan Shortage = TimeSpan.FromSeconds(10);

    [SkippableFact]
    public Task Redis_OutOfMemory_RefusesLoudlyAndWorkGoesOn() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.SwallowedPublish;

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await StageAsync(new Scenery { Broker = Broker, HasOwnResults = true });
        var window = new FaultWindow();
        var (unackedAtEnd, doneAtStart, doneAtEnd) = (0L, 0, 0);

        var tally = await stage.PlayAsync(verdict, () => stage.DuringAsync(async () =>
        {
            var backlog = await stage.EnqueueAsync("backlog", Backlog, milliseconds: 500);
            var start = DateTimeOffset.UtcNow;
            doneAtStart = stage.Book.Done;
            await RedisConsole.RunAsync(stage.Setup.Broker, "CONFIG", "SET", "maxmemory", "1");
            await Stage.ComesTrueAsync(() => stage.Book.HasEnded(backlog), Shortage);
            await Task.Delay(Shortage - (DateTimeOffset.UtcNow - start) is { Ticks: > 0 } left ? left : TimeSpan.Zero);
            doneAtEnd = stage.Book.Done;
            unackedAtEnd = await RedisConsole.CountAsync(stage.Setup.Broker, "HLEN", "unacked");
            window = new FaultWindow(start, DateTimeOffset.UtcNow);
            await RedisConsole.RunAsync(stage.Setup.Broker, "CONFIG", "SET", "maxmemory", "0");
        }));

        verdict.Judge(tally, new Bounds { Duplicates = 0, Recovered = TimeSpan.FromSeconds(3) });
        verdict.Note($"{doneAtEnd - doneAtStart} done in the shortage, {unackedAtEnd} unacknowledged at its end");
        verdict.Demand(doneAtEnd - doneAtStart >= Backlog, "done in the shortage", $"{doneAtEnd - doneAtStart}, at least {Backlog} were there to be done");
        verdict.Demand(unackedAtEnd <= stage.Workers.Count * Setup.Slots, "unacked", $"{unackedAtEnd} messages were still unacknowledged at the end of the shortage");
        var silent = tally.Refused.Where(publish => !publish.Error!.Message.Contains("OOM", StringComparison.Ordinal)).ToList(); // refused ones have an error
        verdict.Demand(silent.Count == 0, "reason", $"{silent.Count} refusals do not name OOM, such as {silent.FirstOrDefault()?.Error?.Message}");
        var inShortage = stage.Load.Publishes.Where(publish => publish.Start > window.Start.AddSeconds(1) && publish.End < window.End).ToList();
        verdict.Demand(inShortage.All(publish => publish.IsRefused), "refused", $"{inShortage.Count(publish => !publish.IsRefused)} of {inShortage.Count} publishes of the shortage did not fail");
    }
}
