using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Tests.Workers;
using CeleryNet.Contracts;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>Connections carry nothing for 25 s and then go on as if nothing had been; then all are reset, ten times.</summary>
public abstract class Row09HalfOpen(BrokerKind broker) : Row("9 half-open, reset storm", broker)
{
    private const int Resets = 10;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan BetweenResets = TimeSpan.FromSeconds(1);

    [SkippableFact]
    public Task Broker_HalfOpenThenReset_WorkGoesOn() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.NoReturn;

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await StageAsync(new Scenery { Broker = Broker, IsProxied = true, HasOwnResults = !IsRabbitMQ });

        var tally = await stage.PlayAsync(verdict, async () =>
        {
            await stage.DuringAsync(async () =>
            {
                stage.Set(TcpProxyMode.Pause);
                await Task.Delay(Pause);
                stage.Set(TcpProxyMode.Pass);
            });
            await Stage.ComesTrueAsync(() => stage.Count().Recovered is not null);
            await stage.DuringAsync(() => StormAsync(stage));
        });

        verdict.Judge(tally, new Bounds { Duplicates = (1 + Resets) * stage.Workers.Count * Setup.Slots, Recovered = TimeSpan.FromSeconds(5) });
    }

    private static async Task StormAsync(Stage stage)
    {
        for (var reset = 0; reset < Resets; reset++)
        {
            foreach (var proxy in stage.Proxies) proxy.Cut();
            await Task.Delay(BetweenResets);
        }
    }
}

/// <summary>On RabbitMQ.</summary>
public sealed class Row09OverRabbitMQ() : Row09HalfOpen(BrokerKind.RabbitMQ);

/// <summary>On Redis.</summary>
public sealed class Row09OverRedis() : Row09HalfOpen(BrokerKind.Redis);
