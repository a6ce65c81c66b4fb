using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.Redis.Tests;

/// <summary>The promises of every broker, kept on a real Redis.</summary>
public sealed class RedisBrokerContractTests : BrokerContract
{
    protected override bool KnowsMissingQueues => false;

    protected override bool KnowsQueueArguments => false;

    protected override bool DeadLetters => false;

    protected override IBroker CreateBroker() => new RedisBroker(ConnectionString.ParseAll(TestServers.Redis));

    protected override async Task DeleteQueuesAsync(IReadOnlyList<string> names)
    {
        await using var redis = await TestRedis.ConnectAsync();
        foreach (var name in names) await redis.DeleteQueueAsync(name);
    }
}
