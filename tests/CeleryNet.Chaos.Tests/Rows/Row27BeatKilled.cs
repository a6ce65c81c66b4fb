using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Worker;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>A beat dies after it sent and before that is kept, and is started again: at most that second is sent again, under the same id, and none is left out.</summary>
public abstract class Row27BeatKilled(BrokerKind broker) : BeatRow("27 beat killed", broker)
{
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(3);

    [SkippableFact]
    public Task Beat_KilledBetweenSendAndSave_RepeatsThatOneAtMost() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.OfWorkers("what was missed is not made up for", "missed", ChaosSettings.Misfire, nameof(MisfirePolicy.RunOnce));

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await StageAsync(BeatScenery with { WorkerEnvironment = new Dictionary<string, string> { [ChaosSettings.Misfire] = nameof(MisfirePolicy.CatchUp) } });
        var dying = NewBeat(stage, (ChaosSettings.FailAt, $"{FaultPoint.AfterBeat}:4"));
        await dying.StartAsync();
        dying.Process.IsExitExpected = true;
        await dying.Process.WaitForExitAsync(Stage.Patience);
        var sentBefore = Ticks(stage).Count;
        await Task.Delay(Away); // several seconds are due in the meantime

        var next = NewBeat(stage);
        await next.StartAsync();
        await Stage.ComesTrueAsync(() => Ticks(stage).Count > sentBefore + 1);
        await TicksAsync(stage, 5); // what was due meanwhile came at once; these come at their time

        var ticks = await WholeTicksAsync(stage);
        JudgeSends(verdict, ticks, most: IsRabbitMQ ? 1 : 0); // Redis remembers in one step with the send
        JudgeSeconds(verdict, stage, ticks);
    }
}

/// <summary>On RabbitMQ, which also keeps the schedule.</summary>
public sealed class Row27OverRabbitMQ() : Row27BeatKilled(BrokerKind.RabbitMQ);

/// <summary>On Redis.</summary>
public sealed class Row27OverRedis() : Row27BeatKilled(BrokerKind.Redis);
