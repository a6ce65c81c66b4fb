using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Worker;
using static CeleryNet.Canvas;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>A group and a chord of 10 000 members, and a worker that is killed in the middle: results in order, body once, nothing left.</summary>
public abstract class Row29LargeChord(BrokerKind broker) : ChordRow("29 large chord", broker)
{
    private const int Members = 10_000;
    private const int MemberTime = 5; // milliseconds: with 16 slots 3 s for all, so that the kill finds many of them
    private const long MostGrowth = 150L * 1024 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [SkippableFact]
    public Task Chord_OfManyMembers_EndsInOrder() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.OfWorkers("AckEarly", "chord", "TaskQueue__Tasks__chaos.member__AckEarly", "true");

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await ChordStageAsync(workers: 2);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var group = await stage.Host.Client.EnqueueAsync(Group(Enumerable.Range(0, Members).Select(place => ChaosTasks.MemberTask("group", place, MemberTime))));
        var all = group.GetAllAsync(Limit);
        var middle = await group.CountAsync();
        verdict.Demand((await all).SequenceEqual(Enumerable.Range(0, Members)), "order", "the results of the group are not those of its members in order");
        verdict.Demand((await group.CountAsync()).Succeeded == Members, "progress", "not all members are told to have succeeded");
        verdict.Note($"{middle.Succeeded} of {Members} seen while it ran");

        var chord = await stage.Host.Client.EnqueueAsync(ChordOf("chord", Members, MemberTime));
        await Stage.ComesTrueAsync(() => stage.Book.Done > Members * 9 / 8);
        await stage.Workers[0].Process.KillAsync();
        verdict.Demand(!stage.Book.HasEnded(["chord-body"]), "hit", "the chord had ended before the kill");
        await stage.Workers[0].StartAsync();
        await JudgeValueAsync(verdict, chord, Members, "the chord of 10 000");

        var growth = GC.GetTotalMemory(forceFullCollection: true) - before;
        verdict.Note($"client holds {growth / 1048576.0:0.0} MB more");
        verdict.Demand(growth <= MostGrowth, "rss", $"the client holds {growth / 1048576.0:0.0} MB more");
        verdict.Demand(StartsOf(stage, "chord-body") == 1, "body", $"the body began {StartsOf(stage, "chord-body")} times");
        await JudgeLeftoversAsync(verdict, stage);
        GC.KeepAlive(group);
    }
}

/// <summary>On RabbitMQ.</summary>
[Collection(AloneCollection.Name)]
public sealed class Row29OverRabbitMQ() : Row29LargeChord(BrokerKind.RabbitMQ);

/// <summary>On Redis.</summary>
[Collection(AloneCollection.Name)]
public sealed class Row29OverRedis() : Row29LargeChord(BrokerKind.Redis);
