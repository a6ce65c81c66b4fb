using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Tests.Workers;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>A worker is killed with signal 9 in the middle of its tasks, three times; others run them, flagged as redelivered.</summary>
public abstract class Row01WorkerKilled(BrokerKind broker) : Row("1 kill -9", broker)
{
    private const int Kills = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    [SkippableFact]
    public Task Workers_KilledInMidTask_LoseNothing() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.AcknowledgedEarly;

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await StageAsync(new Scenery { Broker = Broker });
        var hit = new List<(DateTimeOffset Time, IReadOnlyList<Run> Runs)>();

        var tally = await stage.PlayAsync(verdict, async () =>
        {
            for (var kill = 0; kill < Kills; kill++) await stage.DuringAsync(() => KillAsync(stage, stage.Workers[kill % stage.Workers.Count], hit));
        });

        verdict.Judge(tally, new Bounds { Duplicates = Kills * Setup.Slots, Recovered = TimeSpan.FromSeconds(3) });
        verdict.Demand(hit.Sum(kill => kill.Runs.Count) > 0, "hit", "no kill hit a running task");
        JudgeTakeOver(verdict, stage.Book.All(), hit);
    }

    private static async Task KillAsync(Stage stage, WorkerSeat seat, List<(DateTimeOffset, IReadOnlyList<Run>)> hit)
    {
        var time = DateTimeOffset.UtcNow;
        await seat.Process.KillAsync();
        hit.Add((time, stage.Book.Unfinished(seat.Process.Id)));
        await Task.Delay(Pause);
        await seat.StartAsync();
    }

    // Not the first task that ends anywhere, but each that was hit. RabbitMQ hands it out at once, behind what waits already; Redis when the lease of 20 s has ended and the sweep, every 5 s,
    // has come by.
    private void JudgeTakeOver(Verdict verdict, IReadOnlyList<Run> runs, List<(DateTimeOffset Time, IReadOnlyList<Run> Runs)> hit)
    {
        var limit = TimeSpan.FromSeconds(IsRabbitMQ ? 10 : 30);
        var waits = new List<TimeSpan>();
        foreach (var (time, unfinished) in hit)
        {
            foreach (var key in unfinished.Select(run => run.Key))
            {
                if (runs.Where(run => run.Key == key && !run.IsEnd && run.Time > time).Select(run => (Run?)run).FirstOrDefault() is not { } again) continue; // lost, or ended in the last moment
                waits.Add(again.Time - time);
                verdict.Demand(again.IsRedelivered, "unflagged", $"{key} began again and was not told");
            }
        }

        var longest = waits.DefaultIfEmpty().Max();
        verdict.Note($"{waits.Count} taken over within {longest.TotalSeconds:0.0} s");
        verdict.Demand(longest <= limit, "take-over", $"an unfinished task began again after {longest}, at most {limit}");
    }
}

/// <summary>On RabbitMQ.</summary>
public sealed class Row01OverRabbitMQ() : Row01WorkerKilled(BrokerKind.RabbitMQ);

/// <summary>On Redis.</summary>
public sealed class Row01OverRedis() : Row01WorkerKilled(BrokerKind.Redis);
