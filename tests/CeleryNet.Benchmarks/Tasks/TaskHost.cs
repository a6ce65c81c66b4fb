using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Benchmarks.Tasks;

/// <summary>A host with CeleryNet in its default settings.</summary>
internal sealed class TaskHost : IAsyncDisposable
{
    internal const string Queue = "celery";
    internal const string NoResults = "disabled://";

    private readonly IHost _host;

    private TaskHost(IHost host) => _host = host;

    internal ITaskClient Client => _host.Services.GetRequiredService<ITaskClient>();

    internal static async Task<TaskHost> StartAsync(string broker, string results, bool withWorker, CancellationToken deadline)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddTaskQueue(queue =>
        {
            queue.UseBroker(broker).UseResults(results).AddTasks();
            if (withWorker) queue.AddWorker();
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
