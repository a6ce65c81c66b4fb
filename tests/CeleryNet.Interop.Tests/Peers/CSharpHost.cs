using CeleryNet.Events;
using CeleryNet.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Interop.Tests.Peers;

/// <summary>A .NET host with a task queue: a client, and a worker where queues are given.</summary>
public sealed class CSharpHost : IAsyncDisposable
{
    /// <summary><c>x-max-priority</c> of queues made with priorities; Python declares the same.</summary>
    public const int MaxPriority = 10;

    private readonly IHost _host;

    private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private CSharpHost(IHost host, LogLines log)
    {
        _host = host;
        Log = log;
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => _stopping.TrySetResult());
    }

    /// <summary>Sends tasks.</summary>
    public ITaskClient Client => _host.Services.GetRequiredService<ITaskClient>();

    /// <summary>Steers workers.</summary>
    public ITaskControl Control => _host.Services.GetRequiredService<ITaskControl>();

    /// <summary>Asks workers.</summary>
    public ITaskInspector Inspector => _host.Services.GetRequiredService<ITaskInspector>();

    /// <summary>Ends when the host is stopped by somebody else than the test.</summary>
    public Task Stopping => _stopping.Task;

    /// <summary>What workers gave up.</summary>
    public IDeadLetters DeadLetters => _host.Services.GetRequiredService<IDeadLetters>();

    /// <summary>Receives what workers and clients tell.</summary>
    public IEventReceiver Events => _host.Services.GetRequiredService<IEventReceiver>();

    /// <summary>The queues.</summary>
    public ITaskQueues Queues => _host.Services.GetRequiredService<ITaskQueues>();

    /// <summary>The host's own worker.</summary>
    public ITaskWorker Worker => _host.Services.GetRequiredService<ITaskWorker>();

    /// <summary>Node name of a worker whose host has this default queue.</summary>
    public static string NodeOf(string defaultQueue) => $"cs-{defaultQueue}@localhost";

    /// <summary>What was logged.</summary>
    public LogLines Log { get; }

    /// <summary>Starts a host.</summary>
    /// <param name="transport">Broker and results.</param>
    /// <param name="defaultQueue">Queue that tasks are sent to by default.</param>
    /// <param name="queues">Queues the worker consumes; empty for none.</param>
    /// <param name="configure">Changes the worker's options.</param>
    /// <param name="hasPriorities">True: all these queues know priorities.</param>
    /// <param name="storesRevocations">True: revocations are kept in the result store where the broker cannot keep them.</param>
    /// <param name="tellsWhatItSends">True: its client sends an event for each task.</param>
    /// <param name="extend">Adds to the task queue.</param>
    public static async Task<CSharpHost> StartAsync(
        Transport transport, string defaultQueue, IReadOnlyList<string> queues, Action<WorkerOptions>? configure = null, bool hasPriorities = false, bool storesRevocations = false, bool tellsWhatItSends = false,
        Action<TaskQueueBuilder>? extend = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var log = new LogLines();
        builder.Logging.AddProvider(log);
        builder.Services.AddTaskQueue(queue =>
        {
            queue.UseBroker(transport.Broker).UseResults(transport.Results).DefaultQueue(defaultQueue).AddTasks();
            extend?.Invoke(queue);
            if (tellsWhatItSends) queue.Configure(options => options.SendTaskSentEvents = true);
            if (storesRevocations) queue.Configure(options => options.StoreRevocations = true);
            if (hasPriorities)
                foreach (var name in queues.Append(defaultQueue).Distinct()) queue.Queue(name, declared => declared.WithMaxPriority(MaxPriority));
            if (queues.Count == 0) return;
            queue.AddWorker(worker =>
            {
                worker.Queues(queues);
                worker.NodeName = NodeOf(defaultQueue);
                configure?.Invoke(worker);
            });
        });
        var host = builder.Build();
        await host.StartAsync();
        return new CSharpHost(host, log);
    }

    /// <summary>Stops worker and client.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        else _host.Dispose();
    }
}
