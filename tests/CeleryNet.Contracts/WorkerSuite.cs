using System.Collections.Concurrent;
using CeleryNet.Brokers;
using CeleryNet.Messages;
using CeleryNet.Tasks;
using CeleryNet.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CeleryNet.Contracts;

/// <summary>What the tests of whole workers need: hosts that share a broker, and a note of what ran.</summary>
public abstract class WorkerSuite : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, int> _runs = new();
    private readonly List<WorkerHost> _hosts = [];
    private readonly List<IAsyncDisposable> _owned = [];

    /// <summary>Default queue of the test.</summary>
    protected string Queue { get; } = $"tests-{Guid.NewGuid():N}";

    /// <summary>A second queue.</summary>
    protected string Other => $"{Queue}.other";

    /// <summary>A queue that knows priorities.</summary>
    protected string Prioritized => $"{Queue}.priorities";

    /// <inheritdoc/>
    public virtual Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        foreach (var host in Enumerable.Reverse(_hosts)) await host.DisposeAsync().AsTask().Within(TimeSpan.FromSeconds(40));
        if (_hosts.Count > 0) await CleanUpAsync();
        foreach (var owned in _owned) await owned.DisposeAsync();
    }

    /// <summary>Disposes of it at the end of the test, whatever was started.</summary>
    protected T Own<T>(T owned) where T : IAsyncDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    /// <summary>Says which broker and results are used; every host of a test shares them.</summary>
    protected abstract void Use(TaskQueueBuilder queue);

    /// <summary>Removes the queue and its dead letters from the server.</summary>
    protected virtual Task CleanUpAsync() => Task.CompletedTask;

    /// <summary>Starts a host with a worker for the tasks.</summary>
    protected Task<WorkerHost> StartAsync(params TaskHandler[] tasks) => StartAsync(null, tasks);

    /// <summary>Starts a host with a worker for the tasks.</summary>
    protected Task<WorkerHost> StartAsync(Action<WorkerOptions>? configure, params TaskHandler[] tasks) => StartAsync(configure, static _ => { }, tasks);

    /// <summary>Starts a host with a worker for the tasks and code of its own around them.</summary>
    protected async Task<WorkerHost> StartAsync(Action<WorkerOptions>? configure, Action<TaskQueueBuilder> extend, params TaskHandler[] tasks)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddTaskQueue(queue =>
        {
            Use(queue);
            extend(queue);
            queue.DefaultQueue(Queue).Queue(Prioritized, declared => declared.WithMaxPriority(9)).AddWorker(worker =>
            {
                (worker.Concurrency, worker.NodeName) = (4, $"w{_hosts.Count}-{Queue}@localhost");
                configure?.Invoke(worker);
            });
        });
        builder.Services.AddSingleton(new TaskHandlerSet(typeof(WorkerSuite), tasks));
        var built = builder.Build();
        var host = new WorkerHost(built);
        _hosts.Add(host);
        await built.StartAsync();
        return host;
    }

    /// <summary>Sends a task <c>work</c> that was counted already, and hands it to a worker that is lost with it.</summary>
    /// <returns>Its id.</returns>
    protected Task<string> LoseWorkerAsync(int starts)
    {
        var message = TestMessages.New("work");
        message.SetHeader(TaskHeaders.Starts, (long)starts);
        return LoseWorkerAsync(message);
    }

    /// <summary>Sends a message, and hands it to a worker that is lost with it.</summary>
    /// <returns>Its id.</returns>
    protected async Task<string> LoseWorkerAsync(TaskMessage message)
    {
        var broker = (await StartAsync(worker => worker.Queues(Other))).Broker;
        var queue = new QueueDefinition(Queue);
        await broker.PublishAsync(message, Route.To(queue), CancellationToken.None).Within();
        await using var lost = await broker.ConsumeAsync(new ConsumerSettings { Queues = [queue], Prefetch = 1, NodeName = "celery@lost" }, CancellationToken.None).Within();
        await lost.NextAsync();
        return message.Id!; // as it was made
    }

    /// <summary>Notes a run of a task.</summary>
    protected int Note(TaskContext context) => _runs.AddOrUpdate(context.Id, 1, static (_, count) => count + 1);

    /// <summary>How often a task ran.</summary>
    protected int RunsOf(TaskHandle handle) => RunsOf(handle.Id);

    /// <summary>How often a task ran.</summary>
    protected int RunsOf(string id) => _runs.GetValueOrDefault(id);
}
