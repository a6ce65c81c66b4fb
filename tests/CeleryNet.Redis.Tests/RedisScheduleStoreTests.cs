using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Scheduling;

namespace CeleryNet.Redis.Tests;

/// <summary>What is promised of schedule stores, on a real Redis.</summary>
public abstract class RedisScheduleStoreTests : ScheduleStoreContract
{
    /// <summary>The broker as store.</summary>
    public sealed class OfBroker : RedisScheduleStoreTests
    {
        protected override IScheduleStore CreateStore() => new RedisBroker(ConnectionString.ParseAll(TestServers.Redis), new RedisOptions { KeyPrefix = Prefix });
    }

    /// <summary>The results as store.</summary>
    public sealed class OfResults : RedisScheduleStoreTests
    {
        protected override IScheduleStore CreateStore() => new RedisResultBackend(ConnectionString.ParseAll(TestServers.Redis), new RedisOptions { KeyPrefix = Prefix });
    }

    protected string Prefix { get; } = $"t{Guid.NewGuid():N}:";

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        if (Environment.GetEnvironmentVariable("CELERYNET_TEST_REDIS") is null) return;
        await using var redis = await TestRedis.ConnectAsync(prefix: Prefix);
        await redis.DeletePrefixAsync();
    }
}
