using CeleryNet.Interop.Tests.Peers;
using CeleryNet.Interop.Tests.PythonPeer;

namespace CeleryNet.Interop.Tests.Control;

/// <summary>Clients and workers of both kinds, each worker on a queue of its own. The Python worker has processes, so that it can end a running task.</summary>
public abstract class ControlFixture(Transport transport) : PeersFixture(transport)
{
    private PythonWorker? _worker;

    /// <summary>The Python worker's queue; <see cref="PeersFixture.Queue"/> is the .NET worker's.</summary>
    public string PythonQueue => NamedQueue;

    /// <summary>Node name of the Python worker.</summary>
    public string PythonNode => _worker!.NodeName; // asked for by tests, which run when it has started

    /// <summary>Node name of the .NET worker.</summary>
    public string CSharpNode => CSharpHost.NodeOf(Queue);

    /// <inheritdoc/>
    protected override async Task StartPeersAsync() => _worker = await PythonWorker.StartAsync(PythonSettings, [PythonQueue], processes: 2);

    /// <inheritdoc/>
    protected override Task<CSharpHost> StartCSharpAsync() => CSharpHost.StartAsync(Transport, Queue, [Queue]);

    /// <inheritdoc/>
    protected override async Task StopPeersAsync()
    {
        if (_worker is not null) await _worker.DisposeAsync();
    }
}

public sealed class ControlOverRabbitMQFixture() : ControlFixture(Transport.RabbitMQWithRedis);

public sealed class ControlOverRedisFixture() : ControlFixture(Transport.Redis);
