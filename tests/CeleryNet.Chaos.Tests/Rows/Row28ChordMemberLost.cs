using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Workers;
using CeleryNet.Chaos.Worker;
using CeleryNet.Results;
using static CeleryNet.Canvas;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>A member of a chord fails, or its worker is killed: the body runs once, or the error callback does.</summary>
public abstract class Row28ChordMemberLost(BrokerKind broker) : ChordRow("28 chord", broker)
{
    private const int Members = 20;

    private static readonly TimeSpan Latency = TimeSpan.FromSeconds(5);

    [SkippableFact]
    public Task Chord_WithAFailedOrKilledMember_EndsOnce() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.OfWorkers("AckEarly", "chord", "TaskQueue__Tasks__chaos.member__AckEarly", "true");

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await ChordStageAsync(workers: 2);
        var client = stage.Host.Client;

        var killed = await client.EnqueueAsync(ChordOf("killed", Members, 1500));
        await Staging.Stage.ComesTrueAsync(() => stage.Workers.Any(IsBusy));
        var seat = stage.Workers.FirstOrDefault(IsBusy) ?? stage.Workers[0]; // one of them may have fetched all
        var hit = seat.Process;
        await hit.KillAsync();
        verdict.Demand(stage.Book.Unfinished(hit.Id).Count > 0, "hit", "the kill hit no running member");
        await JudgeValueAsync(verdict, killed, Members, "the chord whose worker was killed");
        JudgeLatency(verdict, stage.Book.All());
        await seat.StartAsync();

        var broken = await client.EnqueueAsync(
            Group([ChaosTasks.BreakTask("broken"), .. Enumerable.Range(1, Members - 1).Select(place => ChaosTasks.MemberTask("broken", place, 20))])
            | ChaosTasks.GatherTask(Prev, "broken-body").LinkError(ChaosTasks.RecordTask("broken-error", 0).Immutable()));
        var nested = await client.EnqueueAsync(
            Group(Group(ChaosTasks.MemberTask("inner", 0, 20), ChaosTasks.MemberTask("inner", 1, 20)) | ChaosTasks.CountTask(Prev), ChaosTasks.MemberTask("outer", 2, 20)) | ChaosTasks.GatherTask(Prev, "nested-body"));
        var one = await client.EnqueueAsync(ChordOf("one", 1, 20));
        var none = await client.EnqueueAsync(Signature.Parse(
            """{"task":"celery.chord","args":[],"kwargs":{"header":[],"body":{"task":"chaos.gather","args":[],"kwargs":{"key":"none-body"},"options":{},"subtask_type":null,"immutable":false},"kwargs":{}},"options":{},"subtask_type":"chord","immutable":false}"""u8.ToArray()));

        var end = await broken.WaitAsync(ChordLimit);
        verdict.Demand(end.State == TaskStates.Failure && end.Error?.Type == "ChordError", "chord", $"the chord with a member that failed ended {end.State} {end.Error?.Type}");
        await Staging.Stage.ComesTrueAsync(() => stage.Book.HasEnded(["broken-error"]));
        verdict.Demand((await nested.GetAsync(ChordLimit)).SequenceEqual([2, 2]), "chord", "the nested chord has another value");
        await JudgeValueAsync(verdict, one, 1, "the chord of one");
        verdict.Demand((await none.WaitAsync(ChordLimit)).IsSuccess, "chord", "the chord of none did not succeed");

        foreach (var key in (string[])["killed-body", "nested-body", "one-body", "none-body", "broken-error"]) verdict.Demand(StartsOf(stage, key) == 1, "body", $"{key} began {StartsOf(stage, key)} times");
        verdict.Demand(StartsOf(stage, "broken-body") == 0, "body", "the body of the chord that failed ran");
        await JudgeLeftoversAsync(verdict, stage);

        bool IsBusy(Staging.WorkerSeat one) => stage.Book.Unfinished(one.Process.Id).Count > 0;
    }

    private static void JudgeLatency(Verdict verdict, IReadOnlyList<Run> runs)
    {
        var last = runs.Where(run => run.IsEnd && run.Key.StartsWith("killed-", StringComparison.Ordinal) && run.Key != "killed-body").Select(run => run.Time).DefaultIfEmpty().Max();
        var body = runs.Where(run => run.Key == "killed-body").Select(run => (DateTimeOffset?)run.Time).FirstOrDefault();
        verdict.Note($"body {(body - last)?.TotalMilliseconds:0} ms after the last member");
        verdict.Demand(body - last <= Latency, "latency", $"the body began {body - last} after the last member, at most {Latency}");
    }
}

/// <summary>On RabbitMQ.</summary>
public sealed class Row28OverRabbitMQ() : Row28ChordMemberLost(BrokerKind.RabbitMQ);

/// <summary>On Redis.</summary>
public sealed class Row28OverRedis() : Row28ChordMemberLost(BrokerKind.Redis);
