using CeleryNet.Interop.Tests.Peers;
using CeleryNet.Interop.Tests.PythonPeer;

namespace CeleryNet.Interop.Tests.Workflows;

/// <summary>A Python worker with a queue for its tasks, a .NET worker with one for its own and the default queue, and clients of both kinds.</summary>
public abstract class WorkflowFixture(Transport transport) : PeersFixture(transport)
{
    private PythonWorker? _worker;

    /// <summary>Queue of the tasks <c>py.*</c>.</summary>
    public string PythonQueue => $"{Queue}.py";

    /// <summary>Queue of the tasks <c>cs.*</c> where a Python client sends them.</summary>
    public string CSharpQueue => $"{Queue}.cs";

    /// <inheritdoc/>
    protected override async Task StartPeersAsync() => _worker = await PythonWorker.StartAsync(PythonSettings, [PythonQueue]);

    /// <inheritdoc/>
    protected override Task<CSharpHost> StartCSharpAsync() =>
        CSharpHost.StartAsync(Transport, Queue, [Queue, CSharpQueue], extend: queue => queue.Routes(routes => routes.Glob("py.*", PythonQueue)));

    /// <inheritdoc/>
    protected override async Task StopPeersAsync()
    {
        if (_worker is not null) await _worker.DisposeAsync();
        if (Python is not null) await Python.DeleteAsync(PythonQueue, CSharpQueue, $"{CSharpQueue}.dead");
    }
}

public sealed class WorkflowOverRabbitMQFixture() : WorkflowFixture(Transport.RabbitMQWithRedis);

public sealed class WorkflowOverRedisFixture() : WorkflowFixture(Transport.Redis);
