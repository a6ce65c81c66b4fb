using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.Redis.Tests;

/// <summary>What is promised of flags, kept on a real Redis.</summary>
public sealed class RedisFlagStoreTests : FlagStoreContract
{
    private readonly string _prefix = $"t{Guid.NewGuid():N}:";

    protected override IBroker CreateBroker() => new RedisBroker(ConnectionString.ParseAll(TestServers.Redis), new RedisOptions { KeyPrefix = _prefix });
}
