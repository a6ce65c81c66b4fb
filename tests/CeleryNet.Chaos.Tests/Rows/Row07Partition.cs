using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Tests.Workers;
using CeleryNet.Contracts;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>Everything that is sent is swallowed for 25 s, both ways or one way, while the connections stay open: found out by heartbeats, not by TCP.</summary>
public abstract class Row07Partition(BrokerKind broker, TcpProxyMode partition) : Row($"7 {partition}", broker)
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan DetectLimit = TimeSpan.FromSeconds(20);

    [SkippableFact]
    public Task Broker_BehindPartition_IsFoundLostAndComesBack() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.NoReturn;

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await StageAsync(new Scenery { Broker = Broker, IsProxied = true, HasOwnResults = !IsRabbitMQ });
        var start = DateTimeOffset.MaxValue;

        var tally = await stage.PlayAsync(verdict, () => stage.DuringAsync(async () =>
        {
            start = DateTimeOffset.UtcNow;
            stage.Set(partition);
            await Task.Delay(Outage);
            stage.Set(TcpProxyMode.Pass);
        }));

        verdict.Judge(tally, new Bounds { Duplicates = stage.Workers.Count * Setup.Slots, Recovered = TimeSpan.FromSeconds(5) });
        foreach (var process in stage.Processes)
        {
            var lost = process.Lines.FirstOrDefault(line => line.Time > start && line.EventId == LogEvents.LostOf(Broker));
            verdict.Note($"found after {(lost?.Time - start)?.TotalSeconds:0.0} s");
            verdict.Demand(lost?.Time - start <= DetectLimit, "detect", $"worker {process.Id} found its connection lost after {(lost?.Time - start)?.ToString() ?? "no time"}, at most {DetectLimit}");
            // RabbitMQ closes the channel on an acknowledgement whose delivery it does not know.
            verdict.Demand(!process.Output.Contains("PRECONDITION_FAILED", StringComparison.Ordinal), "stale acks", $"worker {process.Id} printed {process.Output}");
        }
    }
}

/// <summary>RabbitMQ, both ways.</summary>
public sealed class Row07RabbitMQ() : Row07Partition(BrokerKind.RabbitMQ, TcpProxyMode.Blackhole);

/// <summary>RabbitMQ, what clients send.</summary>
public sealed class Row07RabbitMQToServer() : Row07Partition(BrokerKind.RabbitMQ, TcpProxyMode.BlackholeToServer);

/// <summary>RabbitMQ, what the server sends.</summary>
public sealed class Row07RabbitMQToClient() : Row07Partition(BrokerKind.RabbitMQ, TcpProxyMode.BlackholeToClient);

/// <summary>Redis, both ways.</summary>
public sealed class Row07Redis() : Row07Partition(BrokerKind.Redis, TcpProxyMode.Blackhole);

/// <summary>Redis, what clients send.</summary>
public sealed class Row07RedisToServer() : Row07Partition(BrokerKind.Redis, TcpProxyMode.BlackholeToServer);

/// <summary>Redis, what the server sends.</summary>
public sealed class Row07RedisToClient() : Row07Partition(BrokerKind.Redis, TcpProxyMode.BlackholeToClient);
