using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Worker;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>Two beats with a task every second: the one that leads is frozen for 40 s and goes on, then the one that leads is killed. Each second is sent once, and the other takes over in time.</summary>
public abstract class Row26TwoBeats(BrokerKind broker) : BeatRow("26 two beats", broker)
{
    private static readonly TimeSpan Freeze = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(15 + 1); // the lease, and a second

    [SkippableFact]
    public Task Beats_LeaderFrozenAndKilled_SendEachSecondOnce() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.OfWorkers("every beat thinks that it leads", "sends", ChaosSettings.Mutation, Mutations.EverybodyLeads);

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await StageAsync(BeatScenery);
        var (first, second) = (NewBeat(stage), NewBeat(stage));
        await first.StartAsync();
        await TicksAsync(stage, 2);
        await second.StartAsync();
        await TicksAsync(stage, 3);

        await MiddleOfASecondAsync();
        first.Process.Freeze();
        await Task.Delay(Freeze);
        verdict.Demand(Led(second.Process), "take-over", "the other beat did not lead while the leader was frozen");
        first.Process.Thaw();
        await TicksAsync(stage, 8);

        // Whoever leads now: it is the second, unless that lost its lease by itself.
        await MiddleOfASecondAsync();
        await second.Process.KillAsync();
        await TicksAsync(stage, 5);
        verdict.Demand(!first.Process.HasExited, "exits", $"the frozen beat ended: {first.Process.Output}");

        var ticks = Ticks(stage);
        JudgeSends(verdict, ticks, most: 0);
        var gap = ticks.Zip(ticks.Skip(1), (before, after) => after.Time - before.Time).DefaultIfEmpty().Max();
        verdict.Note($"longest gap {gap.TotalSeconds:0.0} s");
        verdict.Demand(gap <= LongestGap, "gap", $"{gap}, at most {LongestGap}");
    }
}

/// <summary>On RabbitMQ, which also keeps the schedule.</summary>
public sealed class Row26OverRabbitMQ() : Row26TwoBeats(BrokerKind.RabbitMQ);

/// <summary>On Redis.</summary>
public sealed class Row26OverRedis() : Row26TwoBeats(BrokerKind.Redis);
