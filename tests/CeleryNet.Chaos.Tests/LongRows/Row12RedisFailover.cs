using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Load;
using CeleryNet.Chaos.Tests.Rows;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Tests.Workers;

namespace CeleryNet.Chaos.Tests.LongRows;

/// <summary>The master is killed and its replica promoted; both are in the list of addresses.</summary>
public sealed class Row12RedisFailover() : Row("12 Redis failover", BrokerKind.Redis)
{
    private static readonly TimeSpan SwitchLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Lag = TimeSpan.FromSeconds(1);

    [LongFact]
    public Task Master_Killed_ReplicaTakesOver() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.NoReturn;

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var master = await PrivateServer.StartAsync(BrokerKind.Redis);
        await using var replica = await PrivateServer.StartAsync(BrokerKind.Redis, new Dictionary<string, string> { ["CELERYNET_REDIS_REPLICAOF"] = $"127.0.0.1 {master.Port}" });
        await using var stage = await StageAsync(new Scenery { Broker = Broker, HasOwnResults = true, Address = $"{master.Url};{replica.Url}" });
        await Stage.ComesTrueAsync(async () => (await RedisConsole.RunAsync(replica.Url, "INFO", "replication")).Contains("master_link_status:up", StringComparison.Ordinal));
        var killed = DateTimeOffset.MaxValue;

        var tally = await stage.PlayAsync(verdict, () => stage.DuringAsync(async () =>
        {
            killed = DateTimeOffset.UtcNow;
            await master.KillAsync();
            await RedisConsole.RunAsync(replica.Url, "REPLICAOF", "NO", "ONE");
        }));

        var late = stage.Load.Publishes.Where(publish => publish.IsAcked && publish.End > killed - Lag && publish.End < killed + Lag).Select(publish => publish.Key).ToHashSet();
        verdict.Note($"{tally}, lost by replication lag: {tally.Lost.Count}");
        verdict.Demand(tally.Lost.All(late.Contains), "lost", $"{tally.Lost.Count(key => !late.Contains(key))} from before the last {Lag.TotalSeconds} s");
        verdict.Demand(tally.Recovered <= SwitchLimit, "recovered", $"{tally.Recovered}, at most {SwitchLimit}");
        verdict.Demand(tally.Redelivered <= stage.Workers.Count * Setup.Slots, "dup", $"{tally.Redelivered}");
    }
}
