using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Workers;
using CeleryNet.Chaos.Worker;
using CeleryNet.Contracts;

namespace CeleryNet.Chaos.Tests;

/// <summary>The broker goes away under a running worker and client, and comes back on its port with its data.</summary>
public abstract class BrokerRestartTests(string kind)
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(40);

    [SkippableFact]
    public Task Broker_StoppedAndStarted_WorkGoesOn() => BrokerGone_WorkGoesOnAsync(server => server.StopAsync(), Setup.Concurrency);

    // Acknowledgements that are not on the disk yet come back as deliveries: up to twice what was running.
    [SkippableFact]
    public Task Broker_KilledAndStarted_WorkGoesOn() => BrokerGone_WorkGoesOnAsync(server => server.KillAsync(), 2 * Setup.Concurrency);

    private async Task BrokerGone_WorkGoesOnAsync(Func<PrivateServer, Task> end, int duplicatesAllowed)
    {
        _ = kind == "redis" ? TestServers.Redis : TestServers.RabbitMQ; // skips or fails where there are no servers at all
        var otherResults = kind == "redis" ? null : TestServers.Redis;
        await using var server = await PrivateServer.StartAsync(kind);
        using var setup = new Setup(server.Url, otherResults ?? server.Url);
        await using var host = await ClientHost.StartAsync(setup);
        await using var worker = await WorkerProcess.StartAsync(setup);

        await using var load = new SteadyLoad(host.Client);
        await Eventually.IsTrueAsync(() => Run.ReadAll(setup).Count(run => run.IsEnd) >= 30, TimeSpan.FromSeconds(30));
        await end(server);
        var sentBefore = load.Sent;
        await server.StartAgainAsync();
        var back = DateTimeOffset.UtcNow;
        var recovers = await ComesTrueAsync(() => Run.ReadAll(setup).Any(run => run.IsEnd && run.Time > back));
        var sends = await ComesTrueAsync(() => load.Sent > sentBefore + 20);
        var (taken, unsure) = await load.StopAsync();
        await ComesTrueAsync(() => !taken.Except(Ended(setup)).Any());

        worker.HasExited.Should().BeFalse("the worker outlives its broker; it printed {0}", worker.Output);
        recovers.Should().BeTrue("the worker goes on when its broker is back; it printed {0}", worker.Output);
        sends.Should().BeTrue("the client goes on when its broker is back; its last error was {0}", load.LastError);
        var runs = Run.ReadAll(setup);
        taken.Except(Ended(setup)).Select(key => $"{key}, started {runs.Count(run => run.Key == key)} times")
            .Should().BeEmpty("what the broker took is not lost; the worker printed {0}", worker.Output);
        (runs.Where(run => run.IsEnd && run.Time > back).Min(run => run.Time) - back).Should().BeLessThan(RecoveryLimit);
        Ended(setup).Except(taken).Except(unsure).Should().BeEmpty("nothing runs that nobody sent");
        var starts = runs.Where(run => !run.IsEnd).ToList();
        // A publish that was written and never confirmed is sent once more under its id, so it may run twice too.
        (starts.Count - starts.DistinctBy(run => run.Key).Count()).Should().BeLessThanOrEqualTo(duplicatesAllowed + SteadyLoad.InFlightAtMost);
        var last = await host.Client.EnqueueAsync(ChaosTasks.RecordTask("last", 1));
        (await last.GetAsync(TimeSpan.FromSeconds(10))).Should().Be("last");
    }

    // Whether it did is asserted later, where more can be said about it.
    private static async Task<bool> ComesTrueAsync(Func<bool> condition)
    {
        try
        {
            await Eventually.IsTrueAsync(condition, DrainLimit);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static IEnumerable<string> Ended(Setup setup) => Run.ReadAll(setup).Where(run => run.IsEnd).Select(run => run.Key).Distinct();
}

/// <summary>RabbitMQ goes away and comes back.</summary>
public sealed class RabbitMQRestartTests() : BrokerRestartTests("rabbitmq");

/// <summary>Redis, with its append-only file, goes away and comes back.</summary>
public sealed class RedisRestartTests() : BrokerRestartTests("redis");
