using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Workers;

namespace CeleryNet.Chaos.Tests.Staging;

/// <summary>Deletes the queue of a row from a RabbitMQ that others use too.</summary>
internal sealed class QueueRemoval(Setup setup) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await using var console = await RabbitMQConsole.ConnectAsync(setup.Broker);
        await console.DeleteQueueAsync(setup.Queue);
        await console.DeleteQueueAsync($"{setup.Queue}.dead");
        await console.DeleteExchangeAsync(setup.Queue);
    }
}
