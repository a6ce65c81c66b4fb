using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Worker;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>A worker ends between two steps in which a chord ends: the body runs, and under one id. Only where the kill is between its publish and the note of it does it run again.</summary>
public abstract class Row28ChordFaultPoints(BrokerKind broker) : ChordRow("28 chord fault points", broker)
{
    private const int Members = 3;

    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(30);

    [SkippableFact]
    public Task Worker_EndedWhileItEndsAChord_LeavesNoHalfState() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.OfWorkers("AckEarly", "chord", "TaskQueue__Tasks__chaos.member__AckEarly", "true");

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict) => await Task.WhenAll(
        PlayAsync(verdict, FaultPoint.AfterResult, 1), PlayAsync(verdict, FaultPoint.AfterCount, 1), PlayAsync(verdict, FaultPoint.AfterBody, 2), PlayAsync(verdict, FaultPoint.AfterChord, 1));

    private async Task PlayAsync(Verdict verdict, string point, int mostBodies)
    {
        await using var stage = await ChordStageAsync(workers: 0, new Dictionary<string, string> { [ChaosSettings.Concurrency] = "1" });
        var first = stage.NewSeat(new Dictionary<string, string> { [ChaosSettings.FailAt] = $"{point}:{(point == FaultPoint.AfterResult ? Members : 1)}" });
        var second = stage.NewSeat();

        await first.StartAsync();
        var chord = await stage.Host.Client.EnqueueAsync(ChordOf(point, Members, 20));
        await first.Process.WaitForExitAsync(ExitLimit);
        await second.StartAsync();
        await JudgeValueAsync(verdict, chord, Members, point);
        await Staging.Stage.ComesTrueAsync(() => stage.Book.All().Where(run => run.IsEnd).GroupBy(run => run.Key).Any(runs => runs.Count() > 1)); // the last member again
        // A member that comes again after the end cannot be told from one that ends before the size of its chord is known: its part stays until results expire, as Celery's own.
        if (point != FaultPoint.AfterChord) await JudgeLeftoversAsync(verdict, stage);

        // The dying worker may have begun the body itself, which then is delivered again as any task is. What is not delivered again was sent.
        var bodies = stage.Book.All().Where(run => !run.IsEnd && run.Key == $"{point}-body").ToList();
        var sent = bodies.Count(run => !run.IsRedelivered);
        verdict.Note($"{point}: {bodies.Count} bodies, {sent} of them sent");
        verdict.Demand(bodies.Count > 0 && sent <= mostBodies, "body", $"the body was sent {sent} times after {point}, at most {mostBodies}");
        verdict.Demand(first.Process.Output.Contains($"Fault point {point}", StringComparison.Ordinal), "fault", $"the worker ended otherwise; it printed {first.Process.Output}");
    }
}

/// <summary>On RabbitMQ.</summary>
public sealed class Row28FaultPointsOverRabbitMQ() : Row28ChordFaultPoints(BrokerKind.RabbitMQ);

/// <summary>On Redis.</summary>
public sealed class Row28FaultPointsOverRedis() : Row28ChordFaultPoints(BrokerKind.Redis);
