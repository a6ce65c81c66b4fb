using CeleryNet.Brokers;
using CeleryNet.Results;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CeleryNet.Contracts;

/// <summary>A host with a client and perhaps a worker, for the time of a test.</summary>
public sealed class WorkerHost(IHost host) : IAsyncDisposable
{
    private bool _isStopped;

    /// <summary>Sends tasks.</summary>
    public ITaskClient Client => host.Services.GetRequiredService<ITaskClient>();

    /// <summary>What workers gave up.</summary>
    public IDeadLetters DeadLetters => host.Services.GetRequiredService<IDeadLetters>();

    /// <summary>What carries its messages.</summary>
    public IBroker Broker => host.Services.GetRequiredService<IBroker>();

    /// <summary>Where results are.</summary>
    public IResultBackend Results => host.Services.GetRequiredService<IResultBackend>();

    /// <summary>The queues.</summary>
    public ITaskQueues Queues => host.Services.GetRequiredService<ITaskQueues>();

    /// <summary>Asks workers.</summary>
    public ITaskInspector Inspector => host.Services.GetRequiredService<ITaskInspector>();

    /// <summary>The host's own worker.</summary>
    public ITaskWorker Worker => host.Services.GetRequiredService<ITaskWorker>();

    /// <summary>Stops it in order.</summary>
    public async Task StopAsync()
    {
        if (_isStopped) return;
        _isStopped = true;
        await host.StopAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        else host.Dispose();
    }
}
