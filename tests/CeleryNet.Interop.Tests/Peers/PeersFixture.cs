using CeleryNet.Interop.Tests.PythonPeer;

namespace CeleryNet.Interop.Tests.Peers;

/// <summary>Two peers on queues of their own, started by the first test that asks and shared by its class. A missing server skips tests, not the class.</summary>
public abstract class PeersFixture : IAsyncLifetime
{
    private readonly Lazy<Task> _start;

    /// <summary>Creates the fixture; nothing starts yet.</summary>
    protected PeersFixture(Transport transport)
    {
        Transport = transport;
        Queue = $"interop-{transport.Name}-{Guid.NewGuid():n}";
        _start = new Lazy<Task>(StartAsync);
    }

    /// <summary>Broker and results.</summary>
    public Transport Transport { get; }

    /// <summary>Queue the worker consumes and the client sends to by default.</summary>
    public string Queue { get; }

    /// <summary>A second queue that the worker consumes.</summary>
    public string NamedQueue => $"{Queue}.named";

    /// <summary>A queue with priorities that nobody consumes until a test does.</summary>
    public string PriorityQueue => $"{Queue}.priority";

    /// <summary>The Python client: of the tests, or only for cleaning up.</summary>
    public PythonClient Python { get; private set; } = null!; // set by the start

    /// <summary>The .NET host: with a worker, or only a client.</summary>
    public CSharpHost CSharp { get; private set; } = null!; // set by the start

    /// <summary>What Python is told.</summary>
    public PythonSettings PythonSettings => new(Transport.Broker, Transport.Results, Queue);

    /// <summary>What Python is told where queues have priorities, as far as the broker knows them.</summary>
    public PythonSettings PythonPrioritySettings => PythonSettings with { Queue = PriorityQueue, MaxPriority = Transport.IsRabbitMQ ? CSharpHost.MaxPriority : null };

    /// <summary>Starts the peers, once.</summary>
    public Task ReadyAsync() => _start.Value;

    /// <inheritdoc/>
    public Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (!_start.IsValueCreated) return;
        if (CSharp is not null) await CSharp.DisposeAsync();
        await StopPeersAsync();
        if (Python is null) return;
        string[] queues = [Queue, NamedQueue, PriorityQueue];
        await Python.DeleteAsync([.. queues, .. queues.Select(queue => $"{queue}.dead")]);
        await Python.DisposeAsync();
    }

    /// <summary>Starts the .NET side.</summary>
    protected abstract Task<CSharpHost> StartCSharpAsync();

    /// <summary>Starts what else is needed.</summary>
    protected virtual Task StartPeersAsync() => Task.CompletedTask;

    /// <summary>Stops what <see cref="StartPeersAsync"/> started.</summary>
    protected virtual Task StopPeersAsync() => Task.CompletedTask;

    private async Task StartAsync()
    {
        Python = await PythonClient.StartAsync(PythonSettings);
        await StartPeersAsync();
        CSharp = await StartCSharpAsync();
    }
}

/// <summary>A Python client and a .NET worker.</summary>
public abstract class FromPythonFixture(Transport transport) : PeersFixture(transport)
{
    /// <inheritdoc/>
    protected override Task<CSharpHost> StartCSharpAsync() => CSharpHost.StartAsync(Transport, Queue, [Queue, NamedQueue]);
}

/// <summary>A .NET client and a Python worker.</summary>
public abstract class ToPythonFixture(Transport transport) : PeersFixture(transport)
{
    private PythonWorker? _worker;

    /// <summary>What the Python worker printed.</summary>
    public string WorkerOutput => _worker?.Output ?? "";

    /// <inheritdoc/>
    protected override async Task StartPeersAsync() => _worker = await PythonWorker.StartAsync(PythonSettings, [Queue, NamedQueue]);

    /// <inheritdoc/>
    protected override Task<CSharpHost> StartCSharpAsync() => CSharpHost.StartAsync(Transport, Queue, []);

    /// <inheritdoc/>
    protected override async Task StopPeersAsync()
    {
        if (_worker is not null) await _worker.DisposeAsync();
    }
}
