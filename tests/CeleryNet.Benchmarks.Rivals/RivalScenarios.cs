using CeleryNet.Benchmarks.Harness;
using CeleryNet.Benchmarks.Memory;
using CeleryNet.Benchmarks.RabbitMQ;
using CeleryNet.Benchmarks.Redis;
using CeleryNet.Benchmarks.Sql;
using CeleryNet.Benchmarks.Tasks;

namespace CeleryNet.Benchmarks.Rivals;

/// <summary>What is compared with other task queues: goals P7 to P9. The rival is the baseline; what each does differently stands in the benchmarks' README.</summary>
internal static class RivalScenarios
{
    internal static readonly Scenario[] All =
    [
        new("rivals-masstransit-produce", "RabbitMQ, confirms, 1 000 callers", async settings => await new Contest("rivals-masstransit-produce", settings)
            .Add(await MassTransitProduce.OpenAsync().ConfigureAwait(false))
            .Add(await ProduceAsync(Servers.RabbitMQ, await RabbitMQQueueControl.OpenAsync().ConfigureAwait(false)).ConfigureAwait(false),
                Goal.RatioAtLeast("P7", 0.95), Goal.CpuAtMost("P7", rival => rival.ClientCpuMicroseconds / 4))
            .RunAsync(20_000).ConfigureAwait(false)),
        new("rivals-masstransit-consume", "RabbitMQ, no result", async settings => await new Contest("rivals-masstransit-consume", settings)
            .Add(await MassTransitConsume.OpenAsync().ConfigureAwait(false))
            .Add(new Consume(Servers.RabbitMQ, TaskHost.NoResults, await RabbitMQQueueControl.OpenAsync().ConfigureAwait(false)),
                Goal.RatioAtLeast("P7", 1.7), Goal.CpuAtMost("P7", rival => rival.ClientCpuMicroseconds / 2))
            .RunAsync(20_000).ConfigureAwait(false)),
        new("rivals-masstransit-memory", "whole life of a task in one process, 1 000 callers", async settings => await new Contest("rivals-masstransit-memory", settings)
            .Add(await MassTransitMemory.OpenAsync().ConfigureAwait(false))
            .Add(await WholeLife.OpenAsync(withResults: false).ConfigureAwait(false), Goal.RatioAtLeast("P9", 5))
            .RunAsync(50_000).ConfigureAwait(false)),
        new("rivals-hangfire-memory", "whole life of a task in one process, results", async settings => await new Contest("rivals-hangfire-memory", settings)
            .Add(HangfireLife.InMemory())
            .Add(await WholeLife.OpenAsync(withResults: true).ConfigureAwait(false), Goal.RatioAtLeast("P9", 6))
            .RunAsync(20_000).ConfigureAwait(false)),
        new("rivals-hangfire-postgres", "whole life of a task on PostgreSQL, results", async settings =>
        {
            var queue = await SqlQueueControl.OpenAsync(isServer: true).ConfigureAwait(false);
            await using var closing = queue.ConfigureAwait(false);
            return await new Contest("rivals-hangfire-postgres", Few(settings))
                .Add(HangfireLife.OnPostgres())
                .Add(await WholeLife.OpenAsync(queue.Url, "CeleryNet, PostgreSQL").ConfigureAwait(false))
                .RunAsync(2_000).ConfigureAwait(false);
        }),
        OnRedis("rivals-bullmq-add", "500 in flight against 1 000 callers", static () => OtherProgram.BullMQ("add"), queue => ProduceAsync(Servers.Redis, queue), Goal.RatioAtLeast("P8", 1.5)),
        OnRedis("rivals-bullmq-bulk", "1 000 in one call", static () => OtherProgram.BullMQ("bulk"), queue => ProduceAsync(Servers.Redis, queue, isBulk: true), Goal.RatioAtLeast("P8", 3)),
        OnRedis("rivals-bullmq-process", "100 at once, results in Redis", static () => OtherProgram.BullMQ("process"), queue => ConsumeAsync(Servers.Redis, queue), Goal.RatioAtLeast("P8", 2)),
        OnRedis("rivals-sidekiq-add", "10 threads against 1 000 callers", static () => OtherProgram.Sidekiq("add"), queue => ProduceAsync(Servers.Redis, queue)),
        OnRedis("rivals-sidekiq-bulk", "1 000 in one call", static () => OtherProgram.Sidekiq("bulk"), queue => ProduceAsync(Servers.Redis, queue, isBulk: true)),
        OnRedis("rivals-sidekiq-process", "10 threads, no result", static () => OtherProgram.Sidekiq("process"), queue => ConsumeAsync(TaskHost.NoResults, queue), Goal.RatioAtLeast("P8", 5)),
    ];

    // What starts afresh in each round, or takes seconds for it, has nothing to warm.
    private static Settings Few(Settings settings) => settings with { WarmRounds = Math.Min(1, settings.WarmRounds) };

    private static Scenario OnRedis(string name, string description, Func<IContender> rival, Func<IQueueControl, Task<IContender>> own, params Goal[] goals) =>
        new(name, $"Redis, {description}", async settings => await new Contest(name, Few(settings))
            .Add(rival())
            .Add(await own(await RedisQueueControl.OpenAsync().ConfigureAwait(false)).ConfigureAwait(false), goals)
            .RunAsync(20_000).ConfigureAwait(false));

    private static async Task<IContender> ProduceAsync(string broker, IQueueControl queue, bool isBulk = false) => await Produce.OpenAsync(broker, queue, isBulk).ConfigureAwait(false);

    private static Task<IContender> ConsumeAsync(string results, IQueueControl queue) => Task.FromResult<IContender>(new Consume(Servers.Redis, results, queue));
}
