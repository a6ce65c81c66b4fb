using CeleryNet.Benchmarks.Codec;
using CeleryNet.Benchmarks.Harness;

namespace CeleryNet.Benchmarks;

/// <summary>Everything that can be run. Goals carry the numbers of the performance goals.</summary>
internal static class Scenarios
{
    internal static readonly Scenario[] All =
    [
        new("codec", "encode and decode, no broker", CodecScenario.RunAsync),
        new("rabbitmq-produce", "publish with confirms, 1 000 in flight", async settings => await new Contest("rabbitmq-produce", settings)
            .Add(await RabbitMQ.RawProduce.OpenAsync().ConfigureAwait(false))
            .RunAsync(20_000).ConfigureAwait(false)),
        new("rabbitmq-consume", "no result", async settings => await new Contest("rabbitmq-consume", settings)
            .Add(await RabbitMQ.RawConsume.OpenAsync(withResults: false).ConfigureAwait(false))
            .RunAsync(20_000).ConfigureAwait(false)),
        new("rabbitmq-consume-results", "results in Redis", async settings => await new Contest("rabbitmq-consume-results", settings)
            .Add(await RabbitMQ.RawConsume.OpenAsync(withResults: true).ConfigureAwait(false))
            .RunAsync(20_000).ConfigureAwait(false)),
        new("redis-produce", "1 000 in flight", async settings => await new Contest("redis-produce", settings)
            .Add(await Redis.RawProduce.OpenAsync(isBulk: false).ConfigureAwait(false))
            .RunAsync(100_000).ConfigureAwait(false)),
        new("redis-produce-bulk", "many at once", async settings => await new Contest("redis-produce-bulk", settings)
            .Add(await Redis.RawProduce.OpenAsync(isBulk: true).ConfigureAwait(false))
            .RunAsync(100_000).ConfigureAwait(false)),
        new("redis-cycle", "no result", async settings => await new Contest("redis-cycle", settings)
            .Add(await Redis.RawCycle.OpenAsync(withResults: false).ConfigureAwait(false))
            .RunAsync(50_000).ConfigureAwait(false)),
        new("redis-cycle-results", "results in Redis", async settings => await new Contest("redis-cycle-results", settings)
            .Add(await Redis.RawCycle.OpenAsync(withResults: true).ConfigureAwait(false))
            .RunAsync(50_000).ConfigureAwait(false)),
    ];
}
