using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Rows;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Tests.Workers;

namespace CeleryNet.Chaos.Tests.LongRows;

/// <summary>Redis is killed and comes back with what it had written: everything, or all but the last second.</summary>
public abstract class Row10RedisPersistence(string fsync) : Row($"10 appendfsync {fsync}", BrokerKind.Redis)
{
    private static readonly TimeSpan MayBeLost = TimeSpan.FromSeconds(1);

    [LongFact]
    public Task Redis_KilledWithAppendOnlyFile_KeepsWhatItPromised() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation { get; } = new("nothing is written", "lost")
    {
        Apply = scenery => scenery with { ServerEnvironment = new Dictionary<string, string>() },
    };

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await StageAsync(new Scenery
        {
            Broker = Broker,
            HasOwnResults = true,
            ServerEnvironment = new Dictionary<string, string> { ["CELERYNET_REDIS_DURABLE"] = "1", ["CELERYNET_REDIS_FSYNC"] = fsync },
        });
        var server = stage.Server!; // a Redis always is
        var killed = DateTimeOffset.MaxValue;

        var tally = await stage.PlayAsync(verdict, () => stage.DuringAsync(async () =>
        {
            await stage.EnqueueAsync("backlog", 100, milliseconds: 500); // that there is something to lose
            killed = DateTimeOffset.UtcNow;
            await server.KillAsync();
            await server.StartAgainAsync();
        }));

        var late = stage.Load.Publishes.Where(publish => publish.IsAcked && publish.End > killed - MayBeLost && publish.End <= killed + MayBeLost).Select(publish => publish.Key).ToHashSet();
        var allowed = fsync == "always" ? 0 : tally.Lost.Count(late.Contains);
        verdict.Note($"{tally}, {allowed} of those lost were of the last second");
        verdict.Demand(tally.Lost.Count <= allowed, "lost", $"{tally.Lost.Count}, at most {allowed}");
        verdict.Demand(tally.Redelivered <= stage.Workers.Count * Setup.Slots, "dup", $"{tally.Redelivered}");
        verdict.Demand(tally.Recovered <= TimeSpan.FromSeconds(3), "recovered", $"{tally.Recovered}");
    }
}

/// <summary>Written before each answer.</summary>
public sealed class Row10Always() : Row10RedisPersistence("always");

/// <summary>Written every second.</summary>
public sealed class Row10EverySecond() : Row10RedisPersistence("everysec");
