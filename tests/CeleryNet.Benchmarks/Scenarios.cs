using CeleryNet.Benchmarks.Beats;
using CeleryNet.Benchmarks.Canvases;
using CeleryNet.Benchmarks.Codec;
using CeleryNet.Benchmarks.Harness;
using CeleryNet.Benchmarks.Memory;
using CeleryNet.Benchmarks.RabbitMQ;
using CeleryNet.Benchmarks.Redis;
using CeleryNet.Benchmarks.Sql;
using CeleryNet.Benchmarks.Tasks;
using RabbitMQLatency = CeleryNet.Benchmarks.RabbitMQ.RawLatency;
using RabbitMQProduce = CeleryNet.Benchmarks.RabbitMQ.RawProduce;
using RedisCycle = CeleryNet.Benchmarks.Redis.RawCycle;
using RedisLatency = CeleryNet.Benchmarks.Redis.RawLatency;
using RedisProduce = CeleryNet.Benchmarks.Redis.RawProduce;

namespace CeleryNet.Benchmarks;

/// <summary>Everything that can be run. P1 to P16 are the performance goals.</summary>
internal static class Scenarios
{
    internal static readonly Scenario[] All =
    [
        new("codec", "encode and decode, no broker", CodecScenario.RunAsync),
        new("memory", "whole life of a task in one process, 1 000 callers", async settings => await new Contest("memory", settings)
            .Add(new RawChannel())
            .Add(await WholeLife.OpenAsync(withResults: false).ConfigureAwait(false), Goal.RateAtLeast("P9", 150_000), Goal.BytesAtMost("P12", 1024))
            .Add(await WholeLife.OpenAsync(withResults: true).ConfigureAwait(false))
            .RunAsync(200_000).ConfigureAwait(false)),
        new("rabbitmq-produce", "publish with confirms, 1 000 in flight", async settings => await new Contest("rabbitmq-produce", settings)
            .Add(await RabbitMQProduce.OpenAsync().ConfigureAwait(false))
            .Add(await Produce.OpenAsync(Servers.RabbitMQ, await RabbitMQQueueControl.OpenAsync().ConfigureAwait(false)).ConfigureAwait(false),
                Goal.RatioAtLeast("P1", 0.9), Goal.BytesAtMost("P12", 3277))
            .Add(await Produce.OpenAsync(Servers.RabbitMQ, await RabbitMQQueueControl.OpenAsync().ConfigureAwait(false), isBulk: true).ConfigureAwait(false))
            .RunAsync(20_000).ConfigureAwait(false)),
        new("rabbitmq-consume", "no result", async settings => await new Contest("rabbitmq-consume", settings)
            .Add(await RawConsume.OpenAsync(withResults: false).ConfigureAwait(false))
            .Add(new Consume(Servers.RabbitMQ, TaskHost.NoResults, await RabbitMQQueueControl.OpenAsync().ConfigureAwait(false)),
                Goal.RatioAtLeast("P2", 0.9), Goal.CpuAtMost("P2", raw => raw.ClientCpuMicroseconds + 15), Goal.BytesAtMost("P12", 4096))
            .RunAsync(20_000).ConfigureAwait(false)),
        new("rabbitmq-consume-results", "results in Redis", async settings => await new Contest("rabbitmq-consume-results", settings)
            .Add(await RawConsume.OpenAsync(withResults: true).ConfigureAwait(false))
            .Add(new Consume(Servers.RabbitMQ, Servers.Redis, await RabbitMQQueueControl.OpenAsync(withResults: true).ConfigureAwait(false)),
                Goal.RatioAtLeast("P3", 0.85), Goal.BytesAtMost("P12", 4096 + 922))
            .RunAsync(20_000).ConfigureAwait(false)),
        new("redis-produce", "1 000 in flight", async settings => await new Contest("redis-produce", settings)
            .Add(await RedisProduce.OpenAsync(isBulk: false).ConfigureAwait(false))
            .Add(await Produce.OpenAsync(Servers.Redis, await RedisQueueControl.OpenAsync().ConfigureAwait(false)).ConfigureAwait(false),
                Goal.RatioAtLeast("P4", 0.65), Goal.BytesAtMost("P12", 1229))
            .RunAsync(100_000).ConfigureAwait(false)),
        new("redis-produce-bulk", "many at once", async settings => await new Contest("redis-produce-bulk", settings)
            .Add(await RedisProduce.OpenAsync(isBulk: true).ConfigureAwait(false))
            .Add(await Produce.OpenAsync(Servers.Redis, await RedisQueueControl.OpenAsync().ConfigureAwait(false), isBulk: true).ConfigureAwait(false),
                Goal.RatioAtLeast("P4", 0.65))
            .RunAsync(100_000).ConfigureAwait(false)),
        new("redis-cycle", "no result", async settings => await new Contest("redis-cycle", settings)
            .Add(await RedisCycle.OpenAsync(withResults: false).ConfigureAwait(false))
            .Add(new Consume(Servers.Redis, TaskHost.NoResults, await RedisQueueControl.OpenAsync().ConfigureAwait(false)),
                Goal.RatioAtLeast("P5", 0.65), Goal.BytesAtMost("P12", 2253))
            .RunAsync(50_000).ConfigureAwait(false)),
        new("redis-cycle-results", "results in Redis", async settings => await new Contest("redis-cycle-results", settings)
            .Add(await RedisCycle.OpenAsync(withResults: true).ConfigureAwait(false))
            .Add(new Consume(Servers.Redis, Servers.Redis, await RedisQueueControl.OpenAsync().ConfigureAwait(false)),
                Goal.RatioAtLeast("P5", 0.7), Goal.BytesAtMost("P12", 2253 + 819))
            .RunAsync(50_000).ConfigureAwait(false)),
        new("latency-rabbitmq", "one task at a time, idle worker", async settings => await new Contest("latency-rabbitmq", settings)
            .Add(await RabbitMQLatency.OpenAsync().ConfigureAwait(false))
            .Add(await Latency.OpenAsync(Servers.RabbitMQ, TaskHost.NoResults).ConfigureAwait(false), [.. Goal.Start("P11")])
            .RunAsync(200).ConfigureAwait(false)),
        new("latency-rabbitmq-results", "one task at a time, idle worker", async settings => await new Contest("latency-rabbitmq-results", settings)
            .Add(await RabbitMQLatency.OpenAsync().ConfigureAwait(false))
            .Add(await Latency.OpenAsync(Servers.RabbitMQ, "rpc://").ConfigureAwait(false), Goal.Result("P11"))
            .RunAsync(200).ConfigureAwait(false)),
        new("latency-redis", "one task at a time, idle worker", async settings => await new Contest("latency-redis", settings)
            .Add(await RedisLatency.OpenAsync().ConfigureAwait(false))
            .Add(await Latency.OpenAsync(Servers.Redis, TaskHost.NoResults).ConfigureAwait(false), [.. Goal.Start("P11")])
            .RunAsync(200).ConfigureAwait(false)),
        new("latency-redis-results", "one task at a time, idle worker", async settings => await new Contest("latency-redis-results", settings)
            .Add(await RedisLatency.OpenAsync().ConfigureAwait(false))
            .Add(await Latency.OpenAsync(Servers.Redis, Servers.Redis).ConfigureAwait(false), Goal.Result("P11"))
            .RunAsync(200).ConfigureAwait(false)),
        new("beat", "periodic tasks, lateness and idle cost with 10 000 entries", BeatScenario.RunAsync),
        .. SqlScenarios.All,
        .. AgainstCelery.All,
        .. CanvasScenarios.All,
        .. Variations.All,
    ];
}
