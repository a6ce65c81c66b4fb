using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Tests.Workers;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>The broker goes away under running workers and clients, and comes back on its port with its data.</summary>
public abstract class Row05BrokerRestarted(BrokerKind broker, bool isKilled) : Row(isKilled ? "5 broker kill -9" : "5 broker restart", broker)
{
    [SkippableFact]
    public Task Broker_GoneAndBack_WorkGoesOn() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.NoReturn;

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await StageAsync(new Scenery { Broker = Broker, HasOwnServer = true, ServerEnvironment = new Dictionary<string, string> { ["CELERYNET_REDIS_DURABLE"] = "1" } });
        var server = stage.Server!; // asked for

        var tally = await stage.PlayAsync(verdict, () => stage.DuringAsync(async () =>
        {
            await (isKilled ? server.KillAsync() : server.StopAsync());
            await server.StartAgainAsync();
        }));

        // Acknowledgements that are not on RabbitMQ's disk yet come back as deliveries: up to twice what was running.
        var concurrency = stage.Workers.Count * Setup.Slots;
        var limit = TimeSpan.FromSeconds(IsRabbitMQ ? 5 : 3);
        verdict.Judge(tally, new Bounds { Duplicates = IsRabbitMQ && isKilled ? 2 * concurrency : concurrency, Recovered = limit, FlagsAreSure = !(IsRabbitMQ && isKilled) });
        foreach (var process in stage.Processes) JudgeLog(verdict, process);
    }

    // One line for each connection that was lost, not one for each message or attempt.
    private void JudgeLog(Verdict verdict, WorkerProcess process)
    {
        var lost = process.Count(LogEvents.LostOf(Broker));
        var links = IsRabbitMQ ? 1 : 5; // RedisBroker: publish, take, watch, settle; its results
        verdict.Demand(lost >= 1 && lost <= links, "warnings", $"worker {process.Id} said {lost} times that it lost a connection, at most {links}; it printed {process.Output}");
    }
}

/// <summary>RabbitMQ is stopped.</summary>
public sealed class Row05RabbitMQRestarted() : Row05BrokerRestarted(BrokerKind.RabbitMQ, isKilled: false);

/// <summary>RabbitMQ is killed.</summary>
public sealed class Row05RabbitMQKilled() : Row05BrokerRestarted(BrokerKind.RabbitMQ, isKilled: true);

/// <summary>Redis, with its append-only file, is stopped.</summary>
public sealed class Row05RedisRestarted() : Row05BrokerRestarted(BrokerKind.Redis, isKilled: false);

/// <summary>Redis, with its append-only file, is killed.</summary>
public sealed class Row05RedisKilled() : Row05BrokerRestarted(BrokerKind.Redis, isKilled: true);
