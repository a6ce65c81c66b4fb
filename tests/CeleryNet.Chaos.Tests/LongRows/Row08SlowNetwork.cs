using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Rows;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;

namespace CeleryNet.Chaos.Tests.LongRows;

/// <summary>Everything is 200 ms under way and no more than 256 kB/s pass: slower, and nothing breaks.</summary>
public abstract class Row08SlowNetwork(BrokerKind broker) : Row("8 slow network", broker)
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(30);

    [LongFact]
    public Task Network_Slow_BreaksNothing() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => IsRabbitMQ
        ? Mutation.OfUrl("connect_timeout is 0.3 s", "broke off", "connect_timeout=0.3")
        : Mutation.OfUrl("socket_timeout is 0.3 s", "broke off", "socket_timeout=0.3");

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await StageAsync(new Scenery { Broker = Broker, IsProxied = true, HasOwnResults = !IsRabbitMQ, Delay = TimeSpan.FromMilliseconds(200), BytesPerSecond = 256_000 });

        var tally = await stage.PlayAsync(verdict, () => Task.Delay(Time));

        verdict.Judge(tally, new Bounds { Duplicates = 0 });
        var lost = stage.Processes.Sum(process => process.Count(LogEvents.LostOf(Broker)));
        verdict.Demand(lost == 0, "disconnects", $"{lost}");
        verdict.Demand(tally.Refused.Count + tally.Indeterminate == 0, "refused", $"{tally.Refused.Count + tally.Indeterminate} publishes failed");
    }
}

/// <summary>On RabbitMQ.</summary>
public sealed class Row08OverRabbitMQ() : Row08SlowNetwork(BrokerKind.RabbitMQ);

/// <summary>On Redis.</summary>
public sealed class Row08OverRedis() : Row08SlowNetwork(BrokerKind.Redis);
