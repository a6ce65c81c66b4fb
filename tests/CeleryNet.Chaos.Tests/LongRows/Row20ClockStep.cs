using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Rows;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Tests.Workers;

namespace CeleryNet.Chaos.Tests.LongRows;

/// <summary>The wall clock of the workers goes an hour ahead and back again: leases, heartbeats and running tasks do not notice.</summary>
public abstract class Row20ClockStep(BrokerKind broker) : Row("20 clock step", broker)
{
    private const int LeaseLost = 3111;

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(15);

    [LongFact]
    public Task WallClock_AnHourAheadAndBack_DisturbsNothing() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.OfWorkers("the monotonic clock steps too", "", "FAKETIME_DONT_FAKE_MONOTONIC", "0");

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        var library = Environment.GetEnvironmentVariable("CELERYNET_CHAOS_FAKETIME") ?? throw new InvalidOperationException("CELERYNET_CHAOS_FAKETIME must name libfaketime.so.1; build/chaos.sh sets it.");
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "+0s");
        try
        {
            await using var stage = await StageAsync(new Scenery
            {
                Broker = Broker,
                WorkerEnvironment = new Dictionary<string, string>
                {
                    ["LD_PRELOAD"] = library,
                    ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
                    ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
                    ["FAKETIME_NO_CACHE"] = "1",
                    ["FAKETIME_TIMESTAMP_FILE"] = file,
                },
            });

            var tally = await stage.PlayAsync(verdict, () => stage.DuringAsync(async () =>
            {
                await File.WriteAllTextAsync(file, "+3600s");
                await Task.Delay(Step);
                await File.WriteAllTextAsync(file, "+0s");
                await Task.Delay(Step);
            }));

            verdict.Judge(tally, new Bounds { Duplicates = 0, Recovered = TimeSpan.FromSeconds(3) });
            verdict.Demand(stage.Processes.Sum(process => process.Count(LeaseLost)) == 0, "leases", "a worker lost its lease");
            verdict.Demand(stage.Processes.Sum(process => process.Count(LogEvents.LostOf(Broker))) == 0, "disconnects", "a worker lost its connection");
        }
        finally
        {
            File.Delete(file);
        }
    }
}

/// <summary>On RabbitMQ.</summary>
public sealed class Row20OverRabbitMQ() : Row20ClockStep(BrokerKind.RabbitMQ);

/// <summary>On Redis.</summary>
public sealed class Row20OverRedis() : Row20ClockStep(BrokerKind.Redis);
