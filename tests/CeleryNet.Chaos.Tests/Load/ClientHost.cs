using CeleryNet.Chaos.Tests.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CeleryNet.Chaos.Tests.Load;

/// <summary>A client in the process of the test.</summary>
public sealed class ClientHost : IAsyncDisposable
{
    private readonly IHost _host;

    private ClientHost(IHost host) => _host = host;

    /// <summary>Sends tasks.</summary>
    public ITaskClient Client => _host.Services.GetRequiredService<ITaskClient>();

    /// <summary>Looks at what workers gave up.</summary>
    public IDeadLetters DeadLetters => _host.Services.GetRequiredService<IDeadLetters>();

    /// <summary>Asks workers.</summary>
    public ITaskInspector Inspector => _host.Services.GetRequiredService<ITaskInspector>();

    /// <summary>Starts a client.</summary>
    /// <param name="setup">What it connects to.</param>
    /// <param name="configure">More of its configuration.</param>
    public static async Task<ClientHost> StartAsync(Setup setup, Action<TaskQueueBuilder>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddTaskQueue(queue =>
        {
            queue.UseBroker(setup.Broker).UseResults(setup.Results).DefaultQueue(setup.Queue);
            configure?.Invoke(queue);
        });
        var host = builder.Build();
        await host.StartAsync();
        return new ClientHost(host);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        else _host.Dispose();
    }
}
