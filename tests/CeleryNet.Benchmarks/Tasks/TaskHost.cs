using CeleryNet.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Benchmarks.Tasks;

/// <summary>A host with CeleryNet in its default settings.</summary>
internal sealed class TaskHost : IAsyncDisposable
{
    internal const string Queue = "celery";
    internal const string QuorumQueue = "celery.quorum";
    internal const string NoResults = "disabled://";

    /// <summary>Lets a host work on a quorum queue.</summary>
    internal static readonly Action<TaskQueueBuilder> OnQuorumQueue = static queue => queue.Queue(QuorumQueue, static definition => definition.AsQuorum()).DefaultQueue(QuorumQueue);

    private readonly IHost _host;

    private TaskHost(IHost host) => _host = host;

    internal ITaskClient Client => _host.Services.GetRequiredService<ITaskClient>();

    internal static async Task<TaskHost> StartAsync(
        string broker, string results, bool withWorker, CancellationToken deadline, Action<TaskQueueBuilder>? configure = null, Action<WorkerOptions>? configureWorker = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddTaskQueue(queue =>
        {
            queue.UseBroker(broker).UseResults(results).AddTasks();
            if (withWorker) queue.AddWorker(configureWorker);
            configure?.Invoke(queue);
        });
        var host = builder.Build();
        await host.StartAsync(deadline).ConfigureAwait(false);
        return new TaskHost(host);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync().ConfigureAwait(false);
        await ((IAsyncDisposable)_host).DisposeAsync().ConfigureAwait(false);
    }
}
