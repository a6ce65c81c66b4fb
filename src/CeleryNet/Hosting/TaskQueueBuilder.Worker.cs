using CeleryNet.Brokers;
using CeleryNet.Client;
using CeleryNet.Hosting;
using CeleryNet.Messages;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using CeleryNet.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CeleryNet;

public sealed partial class TaskQueueBuilder
{
    /// <summary>
    /// Runs tasks in this host: <c>AddWorker(worker => { worker.Queues("celery", "images"); worker.Concurrency = 32; })</c>. Options also come from the configuration section
    /// <c>TaskQueue:Worker</c>; code wins. Calling it again changes the same worker.
    /// </summary>
    /// <param name="configure">Changes the options; <c>null</c> for the defaults.</param>
    public TaskQueueBuilder AddWorker(Action<WorkerOptions>? configure = null)
    {
        if (configure is not null) Services.AddSingleton(new WorkerOptionsChange(configure));
        Services.TryAddSingleton(provider => new WorkerSettings(provider.GetServices<WorkerOptionsChange>(), provider.GetService<IConfiguration>()));
        Services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupCheck, WorkerSettings>(provider => provider.GetRequiredService<WorkerSettings>()));
        Services.TryAddSingleton(provider => new WorkerService(
            provider.GetRequiredService<IBroker>(),
            provider.GetRequiredService<IResultBackend>(),
            provider.GetRequiredService<TaskHandlerTable>(),
            provider.GetRequiredService<ClientSettings>(),
            provider.GetRequiredService<QueueCatalog>(),
            provider.GetRequiredService<WorkerSettings>(),
            provider.GetRequiredService<WireOptions>(),
            provider.GetRequiredService<IServiceScopeFactory>(),
            DefaultServices.Surroundings(provider),
            new StopSignals(provider.GetService<IHostApplicationLifetime>()),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILoggerFactory>()?.CreateLogger<WorkerService>() ?? NullLogger<WorkerService>.Instance));
        Services.TryAddSingleton<ITaskWorker>(provider => provider.GetRequiredService<WorkerService>());
        Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, WorkerService>(provider => provider.GetRequiredService<WorkerService>()));
        return this;
    }
}
