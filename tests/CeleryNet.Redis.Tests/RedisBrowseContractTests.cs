using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.Redis.Tests;

/// <summary>What is promised of looking into queues, kept on a real Redis.</summary>
public sealed class RedisBrowseContractTests : QueueBrowserContract
{
    private readonly string _prefix = $"t{Guid.NewGuid():N}:";

    protected override IBroker CreateBroker() => new RedisBroker(ConnectionString.ParseAll(TestServers.Redis), new RedisOptions { KeyPrefix = _prefix });

    protected override async Task DeleteQueuesAsync(IReadOnlyList<string> names)
    {
        await using var redis = await TestRedis.ConnectAsync(prefix: _prefix);
        (await redis.UnackedAsync("")).Where(entry => !entry.Tag.StartsWith("celerynet:parked:", StringComparison.Ordinal)).Should().BeEmpty("no visit leaves anything behind");
        (await redis.SetAsync("celerynet:dead")).Should().BeEmpty();
        await redis.DeletePrefixAsync();
    }
}
