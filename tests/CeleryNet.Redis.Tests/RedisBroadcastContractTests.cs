using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.Redis.Tests;

/// <summary>What is promised of broadcasts, kept on a real Redis.</summary>
public sealed class RedisBroadcastContractTests : BroadcastContract
{
    private readonly string _prefix = $"t{Guid.NewGuid():N}:";

    protected override IBroker CreateBroker() => new RedisBroker(ConnectionString.ParseAll(TestServers.Redis), new RedisOptions { KeyPrefix = _prefix });

    protected override async Task DeleteExchangesAsync(IReadOnlyList<string> names)
    {
        await using var redis = await TestRedis.ConnectAsync(prefix: _prefix);
        foreach (var name in names) (await redis.SetAsync($"_kombu.binding.{name}")).Should().BeEmpty("bindings go with their listeners");
        await redis.DeletePrefixAsync();
    }
}
