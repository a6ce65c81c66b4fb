using CeleryNet.Contracts;

namespace CeleryNet.RabbitMQ.Tests.Browsing;

/// <summary>A paused queue and a restart of RabbitMQ.</summary>
public sealed class RabbitMQPauseRestartTests : PauseRestartContract
{
    protected override async Task<IRestartableBroker> StartBrokerAsync() => new Broker(await OwnServer.StartAsync());

    private sealed class Broker(OwnServer server) : IRestartableBroker
    {
        public void Use(TaskQueueBuilder queue) => queue.UseRabbitMQ(server.Url);

        public Task RestartAsync() => server.RestartAsync();

        public ValueTask DisposeAsync() => server.DisposeAsync();
    }
}
