using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.Redis.Tests;

/// <summary>What is promised of permits, kept on a real Redis by the broker and by the results.</summary>
public abstract class RedisPermitContractTests : PermitStoreContract
{
    /// <summary>The broker as store.</summary>
    public sealed class OfBroker : RedisPermitContractTests
    {
        protected override IPermitStore CreateStore() => new RedisBroker(ConnectionString.ParseAll(TestServers.Redis), Options);
    }

    /// <summary>The results as store.</summary>
    public sealed class OfResults : RedisPermitContractTests
    {
        protected override IPermitStore CreateStore() => new RedisResultBackend(ConnectionString.ParseAll(TestServers.Redis), Options);
    }

    private string Prefix { get; } = $"t{Guid.NewGuid():N}:";

    protected RedisOptions Options => new() { KeyPrefix = Prefix, LeaseDuration = TimeSpan.FromSeconds(1.5) };

    [SkippableFact]
    public async Task Keys_VanishByThemselves()
    {
        var store = CreateStore();
        await using var owned = (IAsyncDisposable)store;
        await using var redis = await TestRedis.ConnectAsync(prefix: Prefix);
        Permit[] permits = [Permit.OfConcurrency("held", 1), Permit.OfRate("rate", TimeSpan.FromSeconds(2))];

        await store.AcquireAsync(permits, "killed", CancellationToken.None).AsTask().Within();

        var keys = new[] { "celerynet:permits:held", "celerynet:rates:rate" };
        foreach (var key in keys) (await redis.Database.KeyTimeToLiveAsync(Prefix + key)).Should().BeGreaterThan(TimeSpan.FromSeconds(1)).And.BeLessThanOrEqualTo(TimeSpan.FromSeconds(3));
    }

    [SkippableFact]
    public async Task Acquire_OfRateWhenTheServersClockWasSetBack_DoesNotWaitForIt()
    {
        var store = CreateStore();
        await using var owned = (IAsyncDisposable)store;
        await using var redis = await TestRedis.ConnectAsync(prefix: Prefix);
        await redis.Database.StringSetAsync(Prefix + "celerynet:rates:rate", DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds()); // what it looks like an hour before

        var answer = await store.AcquireAsync([Permit.OfRate("rate", TimeSpan.FromSeconds(1))], "a", CancellationToken.None).AsTask().Within();

        answer.IsGranted.Should().BeTrue();
    }

    protected override Task PassAsync(TimeSpan time, Func<Task<bool>>? reached) => RealTime.PassAsync(time, reached);

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await RealTime.CleanUpAsync(Prefix);
    }
}

/// <summary>What is promised of unique keys, kept on a real Redis by the broker and by the results.</summary>
public abstract class RedisUniqueKeyContractTests : UniqueKeyStoreContract
{
    /// <summary>The broker as store.</summary>
    public sealed class OfBroker : RedisUniqueKeyContractTests
    {
        protected override IUniqueKeyStore CreateStore() => new RedisBroker(ConnectionString.ParseAll(TestServers.Redis), new RedisOptions { KeyPrefix = Prefix });
    }

    /// <summary>The results as store.</summary>
    public sealed class OfResults : RedisUniqueKeyContractTests
    {
        protected override IUniqueKeyStore CreateStore() => new RedisResultBackend(ConnectionString.ParseAll(TestServers.Redis), new RedisOptions { KeyPrefix = Prefix });
    }

    protected string Prefix { get; } = $"t{Guid.NewGuid():N}:";

    protected override Task PassAsync(TimeSpan time, Func<Task<bool>>? reached) => RealTime.PassAsync(time, reached);

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await RealTime.CleanUpAsync(Prefix);
    }
}

/// <summary>The server's clock cannot be moved.</summary>
internal static class RealTime
{
    internal static async Task PassAsync(TimeSpan time, Func<Task<bool>>? reached)
    {
        await Task.Delay(time);
        if (reached is not null) await Eventually.IsTrueAsync(reached);
    }

    internal static async Task CleanUpAsync(string prefix)
    {
        if (Environment.GetEnvironmentVariable("CELERYNET_TEST_REDIS") is null) return;
        await using var redis = await TestRedis.ConnectAsync(prefix: prefix);
        await redis.DeletePrefixAsync();
    }
}
