using CeleryNet.Benchmarks.Harness;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Benchmarks.Rivals;

/// <summary>MassTransit with its defaults, which are durable queues, persistent messages and confirms, and with 100 messages at once of 1 000 fetched.</summary>
internal sealed class MassTransitBus : IAsyncDisposable
{
    internal const string Queue = "bench-masstransit";
    private const int Callers = 1000;
    private const int AtOnce = 100;
    private const int Prefetch = 1000;

    private readonly ServiceProvider _services;
    private readonly IBusControl _bus;

    private MassTransitBus(ServiceProvider services) => (_services, _bus) = (services, services.GetRequiredService<IBusControl>());

    /// <param name="inMemory">Its transport within the process instead of RabbitMQ.</param>
    /// <param name="consumes">False for a bus that only sends.</param>
    /// <param name="deadline">Ends the start.</param>
    internal static async Task<MassTransitBus> StartAsync(bool inMemory, bool consumes, CancellationToken deadline)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning));
        services.AddMassTransit(registration =>
        {
            if (consumes) registration.AddConsumer<AddConsumer>();
            if (inMemory) registration.UsingInMemory((context, bus) => Receive(bus, context, consumes));
            else
            {
                registration.UsingRabbitMq((context, bus) =>
                {
                    bus.Host(new Uri(Servers.RabbitMQ));
                    bus.PrefetchCount = Prefetch;
                    Receive(bus, context, consumes);
                });
            }
        });
        var started = new MassTransitBus(services.BuildServiceProvider());
        await started._bus.StartAsync(deadline).ConfigureAwait(false);
        return started;
    }

    /// <summary>1 000 callers that each await one message after the other.</summary>
    internal async Task SendAsync(int count, CancellationToken deadline)
    {
        var endpoint = await _bus.GetSendEndpoint(new Uri($"queue:{Queue}")).ConfigureAwait(false);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => SendEachAsync(endpoint, (count / Callers) + (caller < count % Callers ? 1 : 0), deadline))).WaitAsync(deadline)
            .ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _bus.StopAsync(TimeSpan.FromSeconds(20)).ConfigureAwait(false);
        await _services.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task SendEachAsync(ISendEndpoint endpoint, int count, CancellationToken deadline)
    {
        for (var i = 0; i < count; i++) await endpoint.Send(new Add(1, 2), deadline).ConfigureAwait(false);
    }

    private static void Receive<TEndpoint>(IBusFactoryConfigurator<TEndpoint> bus, IBusRegistrationContext context, bool consumes)
        where TEndpoint : IReceiveEndpointConfigurator
    {
        if (!consumes) return;
        bus.ReceiveEndpoint(Queue, endpoint =>
        {
            endpoint.PrefetchCount = Prefetch;
            endpoint.ConcurrentMessageLimit = AtOnce;
            endpoint.ConfigureConsumer<AddConsumer>(context);
        });
    }
}
