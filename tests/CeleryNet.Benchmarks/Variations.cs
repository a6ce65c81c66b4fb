using CeleryNet.Benchmarks.Footprint;
using CeleryNet.Benchmarks.Harness;
using CeleryNet.Benchmarks.RabbitMQ;
using CeleryNet.Benchmarks.Redis;
using CeleryNet.Benchmarks.Tasks;
using CeleryNet.Benchmarks.Web;
using CeleryNet.Worker;
using RawProduce = CeleryNet.Benchmarks.RabbitMQ.RawProduce;

namespace CeleryNet.Benchmarks;

/// <summary>What one setting or one circumstance changes: quorum queues, events, traces, a million tasks, tasks that compute, depth of the queue, concurrency, tasks that wait, a web application.</summary>
internal static class Variations
{
    internal static readonly Scenario[] All =
    [
        new("quorum-produce", "publish to a quorum queue with confirms, 1 000 in flight", async settings => await new Contest("quorum-produce", settings)
            .Add(await RawProduce.OpenAsync(isQuorum: true).ConfigureAwait(false))
            .Add(
                await Produce.OpenAsync(Servers.RabbitMQ, await RabbitMQQueueControl.OpenAsync(isQuorum: true).ConfigureAwait(false), configure: TaskHost.OnQuorumQueue).ConfigureAwait(false),
                Goal.RatioAtLeast("P1", 0.9))
            .RunAsync(20_000).ConfigureAwait(false)),
        new("quorum-consume", "from a quorum queue, no result", async settings => await new Contest("quorum-consume", settings)
            .Add(await RawConsume.OpenAsync(withResults: false, isQuorum: true).ConfigureAwait(false))
            .Add(
                new Consume(Servers.RabbitMQ, TaskHost.NoResults, await RabbitMQQueueControl.OpenAsync(isQuorum: true).ConfigureAwait(false)) { Configure = TaskHost.OnQuorumQueue },
                Goal.RatioAtLeast("P2", 0.9))
            .RunAsync(20_000).ConfigureAwait(false)),
        new("quorum", "what a quorum queue gains over a classic one", async settings => await new Contest("quorum", settings)
            .Add(Worker(await RabbitMQQueueControl.OpenAsync().ConfigureAwait(false), "classic queue", Servers.RabbitMQ))
            .Add(new Consume(Servers.RabbitMQ, TaskHost.NoResults, await RabbitMQQueueControl.OpenAsync(isQuorum: true).ConfigureAwait(false))
            {
                Name = "quorum queue",
                Configure = TaskHost.OnQuorumQueue,
            })
            .RunAsync(20_000).ConfigureAwait(false)),
        new("events-redis", "task events off and on", async settings => await new Contest("events-redis", settings)
            .Add(Worker(await RedisQueueControl.OpenAsync().ConfigureAwait(false), "events off", Servers.Redis))
            .Add(Worker(await RedisQueueControl.OpenAsync().ConfigureAwait(false), "events on", Servers.Redis, events: true), Goal.RatioAtLeast("events", 0.9))
            .Add(await Watched.OpenAsync(Worker(await RedisQueueControl.OpenAsync().ConfigureAwait(false), "events on, heard", Servers.Redis, events: true)).ConfigureAwait(false))
            .RunAsync(50_000).ConfigureAwait(false)),
        new("events-rabbitmq", "task events off and on", async settings => await new Contest("events-rabbitmq", settings)
            .Add(Worker(await RabbitMQQueueControl.OpenAsync().ConfigureAwait(false), "events off", Servers.RabbitMQ))
            .Add(Worker(await RabbitMQQueueControl.OpenAsync().ConfigureAwait(false), "events on", Servers.RabbitMQ, events: true), Goal.RatioAtLeast("events", 0.9))
            .RunAsync(20_000).ConfigureAwait(false)),
        new("traces-redis", "traces off and on; a listener that keeps nothing", async settings => await new Contest("traces-redis", settings)
            .Add(Worker(await RedisQueueControl.OpenAsync().ConfigureAwait(false), "traces off", Servers.Redis))
            .Add(new Traced(Worker(await RedisQueueControl.OpenAsync().ConfigureAwait(false), "traces on", Servers.Redis)))
            .RunAsync(50_000).ConfigureAwait(false)),
        new("traces-rabbitmq", "traces off and on; a listener that keeps nothing", async settings => await new Contest("traces-rabbitmq", settings)
            .Add(Worker(await RabbitMQQueueControl.OpenAsync().ConfigureAwait(false), "traces off", Servers.RabbitMQ))
            .Add(new Traced(Worker(await RabbitMQQueueControl.OpenAsync().ConfigureAwait(false), "traces on", Servers.RabbitMQ)))
            .RunAsync(20_000).ConfigureAwait(false)),
        new("growth", "resident memory that a million tasks leave behind", async settings => await new Contest("growth", settings with { WarmRounds = Math.Max(1, settings.WarmRounds) })
            .Add(await Growth.OpenAsync("memory://").ConfigureAwait(false), Goal.GrowthAtMost("P16", 10))
            .Add(await Growth.OpenAsync(Servers.Redis).ConfigureAwait(false), Goal.GrowthAtMost("P16", 10))
            .RunAsync(1_000_000).ConfigureAwait(false)),
        new("mixed", "short tasks beside others that compute for 200 ms each: two on each processor, or in all slots but one", async settings => await new Contest("mixed", settings)
            .Add(await BesideComputing.OpenAsync(computing: 0).ConfigureAwait(false))
            .Add(await BesideComputing.OpenAsync(computing: 2 * Environment.ProcessorCount).ConfigureAwait(false), Goal.LatencyAtMost("mixed", 50, 200))
            .Add(await BesideComputing.OpenAsync(computing: new WorkerOptions().Concurrency - 1).ConfigureAwait(false), Goal.LatencyAtMost("mixed", 50, 200))
            .RunAsync(200).ConfigureAwait(false)),
        new("depth-redis", "1 000 messages behind, or 100 000", async settings => await new Contest("depth-redis", settings)
            .Add(Worker(await RedisQueueControl.OpenAsync().ConfigureAwait(false), "1 000 behind", Servers.Redis, behind: 1_000))
            .Add(Worker(await RedisQueueControl.OpenAsync().ConfigureAwait(false), "100 000 behind", Servers.Redis, behind: 100_000), Goal.RatioAtLeast("P16", 0.9))
            .RunAsync(20_000).ConfigureAwait(false)),
        new("depth-rabbitmq", "1 000 messages behind, or 100 000", async settings => await new Contest("depth-rabbitmq", settings with { WarmRounds = Math.Min(1, settings.WarmRounds) })
            .Add(Worker(await RabbitMQQueueControl.OpenAsync().ConfigureAwait(false), "1 000 behind", Servers.RabbitMQ, behind: 1_000))
            .Add(Worker(await RabbitMQQueueControl.OpenAsync().ConfigureAwait(false), "100 000 behind", Servers.RabbitMQ, behind: 100_000), Goal.RatioAtLeast("P16", 0.9))
            .Add(await RawConsume.OpenAsync(withResults: false, behind: 1_000).ConfigureAwait(false))
            .Add(await RawConsume.OpenAsync(withResults: false, behind: 100_000).ConfigureAwait(false))
            .RunAsync(10_000).ConfigureAwait(false)),
        .. new[] { 1, 10, 100, 1000 }.Select(concurrency => new Scenario(
            $"concurrency-{concurrency}", $"asynchronous tasks of 10 ms, {concurrency} at once", async settings => await new Contest($"concurrency-{concurrency}", settings)
                .Add(Waits.Ideal(concurrency))
                .Add(await Waits.OpenAsync(concurrency).ConfigureAwait(false), Goal.RatioAtLeast("concurrency", 0.9))
                .RunAsync(concurrency * 100).ConfigureAwait(false))),
        new("held", "100 000 tasks that are due in an hour", async settings => await new Contest("held", settings with { WarmRounds = Math.Min(1, settings.WarmRounds) })
            .Add(new HeldTasks("memory://", null), Goal.MemoryAtMost("P14", 2048))
            .Add(new HeldTasks(Servers.Redis, await RedisQueueControl.OpenAsync().ConfigureAwait(false)), Goal.MemoryAtMost("P14", 2048))
            .RunAsync(100_000).ConfigureAwait(false)),
        new("web", "500 requests a second, a busy worker in another process", async settings => await new Contest("web", settings with { WarmRounds = Math.Min(1, settings.WarmRounds) })
            .Add(await WebRequests.OpenAsync(WebServer.Plain, freezes: false).ConfigureAwait(false))
            .Add(await WebRequests.OpenAsync(WebServer.Enqueue, freezes: false).ConfigureAwait(false), Goal.LatencyAtMost("web", 10, 50))
            .RunAsync(5_000).ConfigureAwait(false)),
        new("web-stopped", "500 requests a second, Redis is stopped for 5 s, a publish may take 1 s", async settings => await new Contest("web-stopped", settings with { WarmRounds = 0, Rounds = 1 })
            .Add(await WebRequests.OpenAsync(WebServer.Plain, freezes: true).ConfigureAwait(false), Goal.LatencyAtMost("web", 10, 50))
            .Add(await WebRequests.OpenAsync(WebServer.Enqueue, freezes: true).ConfigureAwait(false), Goal.LatencyAtMost("web", 1_500, 1_500))
            .RunAsync(5_000).ConfigureAwait(false)),
    ];

    private static Consume Worker(IQueueControl queue, string name, string broker, bool events = false, int behind = 0) => new(broker, TaskHost.NoResults, queue)
    {
        Name = name,
        Behind = behind,
        ConfigureWorker = worker => worker.SendTaskEvents = events,
    };
}
