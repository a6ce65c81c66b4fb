using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Rows;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Workers;
using CeleryNet.Chaos.Worker;

namespace CeleryNet.Chaos.Tests.LongRows;

/// <summary>The wall clock of a beat with a task every second goes an hour back, forward again and an hour ahead: no moment is sent twice, and what was passed over comes once, not 3 600 times.</summary>
public abstract class Row20BeatClockStep(BrokerKind broker) : BeatRow("20 clock step, beat", broker)
{
    private const int MostWithinTwoSeconds = 3 + 1 + 1; // those of two seconds with both ends, one for what was passed over, and one that was late

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(8);

    [LongFact]
    public Task WallClock_AnHourBackAndAhead_SendsNothingTwiceAndNoBurst() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.OfWorkers("what was passed over is made up for", "burst", ChaosSettings.Misfire, nameof(MisfirePolicy.CatchUp));

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        var library = Environment.GetEnvironmentVariable("CELERYNET_CHAOS_FAKETIME") ?? throw new InvalidOperationException("CELERYNET_CHAOS_FAKETIME must name libfaketime.so.1; build/chaos.sh sets it.");
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "+0s");
        try
        {
            await using var stage = await StageAsync(BeatScenery);
            var beat = NewBeat(
                stage, ("LD_PRELOAD", library), ("FAKETIME_DONT_FAKE_MONOTONIC", "1"), ("FAKETIME_FORCE_MONOTONIC_FIX", "0"), ("FAKETIME_NO_CACHE", "1"), ("FAKETIME_TIMESTAMP_FILE", file));
            await beat.StartAsync();
            await TicksAsync(stage, 3);

            await MiddleOfASecondAsync();
            await File.WriteAllTextAsync(file, "-3600s");
            await Task.Delay(Step);
            await File.WriteAllTextAsync(file, "+0s");
            await TicksAsync(stage, 4);
            await File.WriteAllTextAsync(file, "+3600s");
            await TicksAsync(stage, 6);

            var ticks = Ticks(stage);
            JudgeSends(verdict, ticks, most: 0);
            var burst = ticks.Max(tick => ticks.Count(other => other.Time >= tick.Time && other.Time < tick.Time.AddSeconds(2)));
            verdict.Note($"{burst} sends within two seconds at the most");
            verdict.Demand(burst <= MostWithinTwoSeconds, "burst", $"{burst} sends within two seconds, at most {MostWithinTwoSeconds}");
            verdict.Demand(!beat.Process.HasExited, "exits", "the beat ended");
        }
        finally
        {
            File.Delete(file);
        }
    }
}

/// <summary>On RabbitMQ.</summary>
public sealed class Row20BeatOverRabbitMQ() : Row20BeatClockStep(BrokerKind.RabbitMQ);

/// <summary>On Redis.</summary>
public sealed class Row20BeatOverRedis() : Row20BeatClockStep(BrokerKind.Redis);
