using System.Text;
using CeleryNet.Brokers;
using CeleryNet.Control;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using CeleryNet.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.Tests.Worker;

/// <summary>A worker on a <see cref="RecordingBroker"/> with tasks that are given as delegates.</summary>
internal sealed class WorkerFixture : IAsyncDisposable
{
    private readonly List<DelegateHandler> _handlers = [];
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private TaskWorker? _worker;

    internal RecordingBroker Broker { get; init; } = new();

    internal FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>The worker's clock, where it is not <see cref="Time"/>.</summary>
    internal TimeProvider? Clock { get; init; }

    /// <summary>Listeners of the host's own code.</summary>
    internal IReadOnlyList<IWorkerEvents> Events { get; init; } = [];

    internal IPermitStore? Permits { get; init; }

    internal IUniqueKeyStore? UniqueKeys { get; init; }

    internal ListLogger Logger { get; } = new();

    internal WorkerOptions Options { get; } = new() { Concurrency = 2, NodeName = "celery@tests" };

    internal TaskWorker Worker => _worker ?? throw new InvalidOperationException("not started");

    internal WorkerFixture Handle(string name, Func<TaskInvocation, ValueTask> run, TaskPolicy? policy = null, TaskConditions? conditions = null)
    {
        _handlers.Add(new DelegateHandler(new TaskDefinition(name, policy, conditions), run));
        return this;
    }

    internal async Task<WorkerFixture> StartAsync()
    {
        _worker = new TaskWorker(
            Broker, Broker, new TaskHandlerTable([new TaskHandlerSet(typeof(WorkerFixture), _handlers)]), definition => definition.Policy, [new QueueDefinition("celery")],
            Options, new WireOptions(), _services.GetRequiredService<IServiceScopeFactory>(), Clock ?? Time, Logger,
            new WorkerSurroundings { Revocations = Broker as IRevocationStore, Permits = Permits, UniqueKeys = UniqueKeys, Extensions = new WorkerExtensions([], Events) });
        await _worker.StartAsync(CancellationToken.None);
        return this;
    }

    /// <summary>The next steps of the worker, as many as asked for.</summary>
    internal async Task<List<string>> StepsAsync(int count)
    {
        var steps = new List<string>();
        while (steps.Count < count) steps.Add(await Broker.NextAsync());
        return steps;
    }

    /// <summary>Moves the clock until the effect shows: timers are made by other threads, so a step of the clock may come before its timer.</summary>
    internal async Task AdvanceUntilAsync(Func<bool> reached, TimeSpan? step = null)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!reached())
        {
            deadline.Token.ThrowIfCancellationRequested();
            Time.Advance(step ?? TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    internal static TaskMessage Message(string task, string arguments = "[]", Action<TaskMessage>? change = null)
    {
        var id = TaskId.New();
        var message = new TaskMessage
        {
            TaskName = task,
            Id = id,
            RootId = id,
            CorrelationId = id,
            ContentType = TaskMessage.JsonContentType,
            ContentEncoding = TaskMessage.Utf8ContentEncoding,
            Body = Encoding.UTF8.GetBytes($$"""[{{arguments}}, {}, {"callbacks": null, "errbacks": null, "chain": null, "chord": null}]"""),
        };
        change?.Invoke(message);
        return message;
    }

    public async ValueTask DisposeAsync()
    {
        if (_worker is not null) await _worker.DisposeAsync();
        await _services.DisposeAsync();
    }

    private sealed class DelegateHandler(TaskDefinition definition, Func<TaskInvocation, ValueTask> run) : TaskHandler
    {
        public override TaskDefinition Definition { get; } = definition;

        public override ValueTask InvokeAsync(TaskInvocation invocation) => run(invocation);
    }
}
