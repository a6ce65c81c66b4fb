using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Control;

namespace CeleryNet.Redis.Tests;

/// <summary>What is promised of stored revocations, kept on a real Redis.</summary>
public abstract class RedisRevocationContractTests : RevocationStoreContract
{
    /// <summary>The broker as store.</summary>
    public sealed class OfBroker : RedisRevocationContractTests
    {
        protected override IRevocationStore CreateStore() => new RedisBroker(ConnectionString.ParseAll(TestServers.Redis), new RedisOptions { KeyPrefix = Prefix });
    }

    /// <summary>The results as store.</summary>
    public sealed class OfResults : RedisRevocationContractTests
    {
        protected override IRevocationStore CreateStore() => new RedisResultBackend(ConnectionString.ParseAll(TestServers.Redis), new RedisOptions { KeyPrefix = Prefix });
    }

    protected string Prefix { get; } = $"t{Guid.NewGuid():N}:";

    [SkippableFact]
    public async Task Add_MoreThanTheLimit_KeepsTheNewest()
    {
        var store = Open();
        var revocations = Enumerable.Range(0, 52_000).Select(i => Revocation.OfTask($"task-{i}")).ToList();

        foreach (var chunk in revocations.Chunk(13_000)) await store.AddAsync(chunk, TimeSpan.FromHours(3), CancellationToken.None).Within();

        var loaded = await store.LoadAsync(100_000, CancellationToken.None).Within();
        loaded.Should().HaveCount(50_000);
        loaded.Select(entry => entry.Revocation).ToHashSet().SetEquals(revocations.Skip(2_000)).Should().BeTrue();
    }

    [SkippableFact]
    public async Task Add_LastOneEnds_LeavesNoKey()
    {
        var store = Open();
        await using var redis = await TestRedis.ConnectAsync(prefix: Prefix);

        await store.AddAsync([Revocation.OfTask("task")], TimeSpan.FromSeconds(0.5), CancellationToken.None).Within();

        (await redis.Database.KeyTimeToLiveAsync(Prefix + "celerynet:revoked")).Should().BeLessThanOrEqualTo(TimeSpan.FromSeconds(3));
        await Eventually.IsTrueAsync(async () => !await redis.Database.KeyExistsAsync(Prefix + "celerynet:revoked"));
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        if (Environment.GetEnvironmentVariable("CELERYNET_TEST_REDIS") is null) return;
        await using var redis = await TestRedis.ConnectAsync(prefix: Prefix);
        await redis.DeletePrefixAsync();
    }
}
