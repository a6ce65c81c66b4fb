using CeleryNet.Contracts;

namespace CeleryNet.Redis.Tests;

/// <summary>Events and a restart of Redis.</summary>
public sealed class RedisEventRestartTests : EventRestartContract
{
    protected override async Task<IRestartableBroker> StartBrokerAsync() => new Broker(await RedisServer.StartAsync());

    private sealed class Broker(RedisServer server) : IRestartableBroker
    {
        public void Use(TaskQueueBuilder queue) => queue.UseRedis(server.Url);

        public async Task RestartAsync()
        {
            await server.KillAsync();
            await server.StartAgainAsync();
        }

        public ValueTask DisposeAsync() => server.DisposeAsync();
    }
}
