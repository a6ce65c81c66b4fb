using CeleryNet.Contracts;

namespace CeleryNet.Redis.Tests;

/// <summary>A paused queue and a restart of Redis, which keeps each command on disk.</summary>
public sealed class RedisPauseRestartTests : PauseRestartContract
{
    protected override async Task<IRestartableBroker> StartBrokerAsync() => new Broker(await RedisServer.StartAsync(null, "--appendonly", "yes", "--appendfsync", "always"));

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
