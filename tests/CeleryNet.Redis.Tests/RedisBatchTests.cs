using CeleryNet.Contracts;

namespace CeleryNet.Redis.Tests;

/// <summary>Batches on a real Redis.</summary>
public sealed class RedisBatchTests : BatchContract
{
    private readonly string _prefix = $"t{Guid.NewGuid():N}:";

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
