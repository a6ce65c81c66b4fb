using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Workers;
using CeleryNet.Chaos.Worker;
using CeleryNet.Contracts;

namespace CeleryNet.Chaos.Tests;

/// <summary>The broker goes away under a running worker and client, and comes back on its port with its data.</summary>
public abstract class BrokerRestartTests(string kind)
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(60);

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
        var lastBefore = load.Sent;
        await server.StartAgainAsync();
        var back = DateTimeOffset.UtcNow;
        await Eventually.IsTrueAsync(() => Run.ReadAll(setup).Any(run => run.IsEnd && run.Time > back), DrainLimit);
        var recovered = Run.ReadAll(setup).Where(run => run.IsEnd && run.Time > back).Min(run => run.Time) - back;
        await Eventually.IsTrueAsync(() => load.Sent > lastBefore + 20, DrainLimit);
        var (taken, unsure) = await load.StopAsync();
        await Eventually.IsTrueAsync(() => taken.Except(Ended(setup)).Any() is false, DrainLimit);

        worker.HasExited.Should().BeFalse(worker.Output);
        recovered.Should().BeLessThan(RecoveryLimit);
        var runs = Run.ReadAll(setup);
        taken.Except(Ended(setup)).Should().BeEmpty("what the broker took is not lost");
        Ended(setup).Except(taken).Except(unsure).Should().BeEmpty("nothing runs that nobody sent");
        var starts = runs.Where(run => !run.IsEnd).ToList();
        // A publish that was written and never confirmed is sent once more under its id, so it may run twice too.
        (starts.Count - starts.DistinctBy(run => run.Key).Count()).Should().BeLessThanOrEqualTo(duplicatesAllowed + load.InFlightAtMost);
        var last = await host.Client.EnqueueAsync(ChaosTasks.RecordTask("last", 1));
        (await last.GetAsync(TimeSpan.FromSeconds(10))).Should().Be("last");
    }

    private static IEnumerable<string> Ended(Setup setup) => Run.ReadAll(setup).Where(run => run.IsEnd).Select(run => run.Key).Distinct();
}

/// <summary>RabbitMQ goes away and comes back.</summary>
public sealed class RabbitMQRestartTests() : BrokerRestartTests("rabbitmq");

/// <summary>Redis, with its append-only file, goes away and comes back.</summary>
public sealed class RedisRestartTests() : BrokerRestartTests("redis");
