using CeleryNet.Benchmarks.Celery;
using CeleryNet.Benchmarks.Footprint;
using CeleryNet.Benchmarks.Harness;
using CeleryNet.Benchmarks.RabbitMQ;
using CeleryNet.Benchmarks.Redis;
using CeleryNet.Benchmarks.Tasks;

namespace CeleryNet.Benchmarks;

/// <summary>What is compared with Debian's Celery.</summary>
internal static class AgainstCelery
{
    // What runs once a second is compiled anew when it has run thirty times, and is looked at again after as many.
    private static readonly TimeSpan Compiled = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan LongIdle = TimeSpan.FromSeconds(20);

    internal static readonly Scenario[] All =
    [
        new("celery-redis-produce", "one Celery client against 1 000 callers", async settings => await new Contest("celery-redis-produce", Few(settings))
            .Add(new CeleryProduce(new CeleryApp(Servers.Redis, null), await RedisQueueControl.OpenAsync().ConfigureAwait(false)))
            .Add(await Produce.OpenAsync(Servers.Redis, await RedisQueueControl.OpenAsync().ConfigureAwait(false)).ConfigureAwait(false), Goal.RatioAtLeast("P6", 20))
            .RunAsync(40_000).ConfigureAwait(false)),
        new("celery-redis", "workers on Redis, no result", async settings => await new Contest("celery-redis", Few(settings))
            .Add(new CeleryConsume(new CeleryApp(Servers.Redis, null), "prefork", await RedisQueueControl.OpenAsync().ConfigureAwait(false)))
            .Add(new CeleryConsume(new CeleryApp(Servers.Redis, null), "solo", await RedisQueueControl.OpenAsync().ConfigureAwait(false)))
            .Add(new Consume(Servers.Redis, TaskHost.NoResults, await RedisQueueControl.OpenAsync().ConfigureAwait(false)), Goal.RatioAtLeast("P6", 20))
            .RunAsync(30_000).ConfigureAwait(false)),
        new("celery-redis-results", "workers on Redis, results in Redis", async settings => await new Contest("celery-redis-results", Few(settings))
            .Add(new CeleryConsume(new CeleryApp(Servers.Redis, Servers.Redis), "prefork", await RedisQueueControl.OpenAsync().ConfigureAwait(false)))
            .Add(new Consume(Servers.Redis, Servers.Redis, await RedisQueueControl.OpenAsync().ConfigureAwait(false)), Goal.RatioAtLeast("P6", 20))
            .RunAsync(30_000).ConfigureAwait(false)),
        new("celery-rabbitmq-produce", "one Celery client, no confirms, against 1 000 callers, confirms", async settings => await new Contest("celery-rabbitmq-produce", Few(settings))
            .Add(new CeleryProduce(new CeleryApp(Servers.RabbitMQ, null), await RabbitMQQueueControl.OpenAsync().ConfigureAwait(false)))
            .Add(await Produce.OpenAsync(Servers.RabbitMQ, await RabbitMQQueueControl.OpenAsync().ConfigureAwait(false)).ConfigureAwait(false), Goal.RatioAtLeast("P6", 2.5))
            .RunAsync(20_000).ConfigureAwait(false)),
        new("celery-rabbitmq", "workers on RabbitMQ, no result", async settings => await new Contest("celery-rabbitmq", Few(settings))
            .Add(new CeleryConsume(new CeleryApp(Servers.RabbitMQ, null), "prefork", await RabbitMQQueueControl.OpenAsync().ConfigureAwait(false)))
            .Add(new Consume(Servers.RabbitMQ, TaskHost.NoResults, await RabbitMQQueueControl.OpenAsync().ConfigureAwait(false)), Goal.RatioAtLeast("P6", 6))
            .RunAsync(20_000).ConfigureAwait(false)),
        new("celery-rabbitmq-solo", "workers on RabbitMQ, no result, Celery in one process", async settings => await new Contest("celery-rabbitmq-solo", Few(settings))
            .Add(new CeleryConsume(new CeleryApp(Servers.RabbitMQ, null), "solo", await RabbitMQQueueControl.OpenAsync().ConfigureAwait(false)))
            .Add(new Consume(Servers.RabbitMQ, TaskHost.NoResults, await RabbitMQQueueControl.OpenAsync().ConfigureAwait(false)), Goal.RatioAtLeast("P6", 2))
            .RunAsync(20_000).ConfigureAwait(false)),
        Latency("celery-latency-redis", static () => Servers.Redis, toResult: false),
        Latency("celery-latency-redis-results", static () => Servers.Redis, toResult: true),
        Latency("celery-latency-rabbitmq", static () => Servers.RabbitMQ, toResult: false),
        Latency("celery-latency-rabbitmq-results", static () => Servers.RabbitMQ, toResult: true),
        new("start", "a worker from its start to \"ready\", then idle, against the raw clients' connections", async settings => await new Contest("start", Few(settings))
            .Add(new StartAndIdle("RabbitMQ.Client + StackExchange.Redis, connected", () => ChildProcess.StartRole(Roles.Floor)))
            .Add(new StartAndIdle("CeleryNet worker", () => ChildProcess.StartRole(Roles.Worker)),
                Goal.StartAtMost("P13", raw => raw.ElapsedMilliseconds + 250), Goal.MemoryAtMost("P13", 75 * 1024 * 1024))
            .RunAsync(1).ConfigureAwait(false)),
        new("idle", "a worker without work, once the runtime compiles no more, against the raw clients' connections", async settings => await new Contest("idle", settings with { WarmRounds = 0, Rounds = 1 })
            .Add(new StartAndIdle("RabbitMQ.Client + StackExchange.Redis, connected", () => ChildProcess.StartRole(Roles.Floor)) { Calm = Compiled, Idle = LongIdle })
            .Add(new StartAndIdle("CeleryNet worker", () => ChildProcess.StartRole(Roles.Worker)) { Calm = Compiled, Idle = LongIdle }, Goal.IdleCpuAtMost("P13", 0.5))
            .RunAsync(1).ConfigureAwait(false)),
        new("start-celery", "a worker from its start to \"ready\", then idle, against Celery", async settings => await new Contest("start-celery", Few(settings))
            .Add(CeleryStart("solo"))
            .Add(CeleryStart("prefork"))
            .Add(new StartAndIdle("CeleryNet worker", () => ChildProcess.StartRole(Roles.Worker)), Goal.StartAtMost("P13", celery => 1.2 * celery.ElapsedMilliseconds))
            .RunAsync(1).ConfigureAwait(false)),
    ];

    // A round with Celery takes seconds, and a process of its own has nothing to warm.
    private static Settings Few(Settings settings) => settings with { WarmRounds = Math.Min(1, settings.WarmRounds) };

    // Each worker waits on a queue of its own, so that none takes what the other one is sent.
    private static Scenario Latency(string name, Func<string> broker, bool toResult) => new(
        name,
        toResult ? "one task at a time, idle worker, to the result in Redis" : "one task at a time, idle worker, to the start",
        async settings => await new Contest(name, Few(settings))
            .Add(new CeleryLatency(new CeleryApp(broker(), Servers.Redis, "celery.python"), toResult))
            .Add(await Tasks.Latency.OpenAsync(broker(), toResult ? Servers.Redis : TaskHost.NoResults).ConfigureAwait(false), Goal.RatioAtMost("P11", 1.0 / 3))
            .RunAsync(200).ConfigureAwait(false));

    private static StartAndIdle CeleryStart(string pool)
    {
        var app = new CeleryApp(Servers.RabbitMQ, Servers.Redis);
        return new StartAndIdle($"Celery 5.2, {pool}", () => app.StartWorker(pool, "INFO")) { Owned = app };
    }
}
