using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Tasks;

namespace CeleryNet.Redis.Tests;

/// <summary>What limits and uniqueness promise, kept on a real Redis, where each host has a broker of its own.</summary>
public sealed class RedisWorkerLimitTests : WorkerLimitContract
{
    private readonly string _prefix = $"t{Guid.NewGuid():N}:";

    [SkippableFact]
    public async Task Concurrency_OfAWorkerThatWasKilled_ComesBackWithItsLease()
    {
        var lease = TimeSpan.FromSeconds(2);
        await using var killed = new RedisBroker(ConnectionString.ParseAll(TestServers.Redis), new RedisOptions { KeyPrefix = _prefix, LeaseDuration = lease });
        var host = await StartAsync(DelegateHandler.Returning("limited", context => Task.FromResult($"run {Note(context)}"), conditions: Limited(TaskLimit.OfConcurrency(1))));
        var taken = await killed.AcquireAsync([Permit.OfConcurrency("limited:key", 1)], "a worker that does not renew", CancellationToken.None);
        var began = System.Diagnostics.Stopwatch.GetTimestamp();

        var handle = await host.Client.EnqueueByNameAsync<string>("limited", ["key"]);

        taken.IsGranted.Should().BeTrue();
        (await handle.GetAsync(Deadline.Usual)).Should().Be("run 1");
        System.Diagnostics.Stopwatch.GetElapsedTime(began).Should().BeGreaterThan(lease - TimeSpan.FromMilliseconds(200)).And.BeLessThan(lease + TimeSpan.FromSeconds(3));
    }

    protected override void Use(TaskQueueBuilder queue) => queue
        .UseRedis(TestServers.Redis, options => options.KeyPrefix = _prefix)
        .UseRedisResults(TestServers.Redis, options => options.KeyPrefix = _prefix);

    protected override async Task CleanUpAsync()
    {
        await using var redis = await TestRedis.ConnectAsync(prefix: _prefix);
        (await redis.UnackedAsync("")).Should().BeEmpty("a worker that stopped holds nothing");
        await redis.DeletePrefixAsync();
    }
}
