using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Tests.Workers;
using CeleryNet.Contracts;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>Connecting to the broker is refused for 30 s: publishing fails with a typed error in its time, and workers try with pauses.</summary>
public abstract class Row06BrokerUnreachable(BrokerKind broker) : Row("6 refused", broker)
{
    private const int MaxAttempts = 15;

    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PublishLimit = TimeSpan.FromSeconds(5 + 1); // the timeout and a second

    [SkippableFact]
    public Task Broker_RefusingForLong_WorkGoesOnAfterwards() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.OfClient("PublishTimeout is a minute", "publish", queue => queue.Configure(options => options.PublishTimeout = TimeSpan.FromMinutes(1)));

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await StageAsync(new Scenery { Broker = Broker, IsProxied = true, HasOwnResults = !IsRabbitMQ });

        var tally = await stage.PlayAsync(verdict, () => stage.DuringAsync(async () =>
        {
            stage.Set(TcpProxyMode.Refuse);
            await Task.Delay(Outage);
            stage.Set(TcpProxyMode.Pass);
        }));

        verdict.Judge(tally, new Bounds { Duplicates = stage.Workers.Count * Setup.Slots, Recovered = TimeSpan.FromSeconds(5), Publish = PublishLimit });
        verdict.Demand(tally.Refused.Count + tally.Indeterminate > 0, "refused", "no publish failed in all that time");
        foreach (var process in stage.Processes)
        {
            var attempts = process.Count(LogEvents.AttemptFailedOf(Broker));
            verdict.Note($"{attempts} attempts");
            verdict.Demand(attempts is > 0 and <= MaxAttempts, "attempts", $"worker {process.Id} tried {attempts} times in {Outage.TotalSeconds} s, at most {MaxAttempts}");
        }
    }
}

/// <summary>On RabbitMQ.</summary>
public sealed class Row06OverRabbitMQ() : Row06BrokerUnreachable(BrokerKind.RabbitMQ);

/// <summary>On Redis.</summary>
public sealed class Row06OverRedis() : Row06BrokerUnreachable(BrokerKind.Redis);
