using CeleryNet.Interop.Tests.Peers;
using CeleryNet.Interop.Tests.PythonPeer;

namespace CeleryNet.Interop.Tests.Workflows;

/// <summary>Three fleets with queues of their own, and a .NET client for each.</summary>
public abstract class CanvasFleetFixture(Transport transport) : PeersFixture(transport)
{
    private readonly List<PythonWorker> _workers = [];
    private readonly Dictionary<Fleet, CSharpHost> _hosts = [];

    /// <summary>Sends to the fleet.</summary>
    public ITaskClient ClientOf(Fleet fleet) => _hosts[fleet].Client;

    /// <summary>Where its tasks are placed by turns.</summary>
    public string[] QueuesOf(Fleet fleet) => fleet == Fleet.Mixed ? [$"{DefaultOf(fleet)}.py", $"{DefaultOf(fleet)}.cs"] : [DefaultOf(fleet)];

    /// <inheritdoc/>
    protected override async Task StartPeersAsync()
    {
        _workers.Add(await PythonWorker.StartAsync(PythonSettings with { Queue = DefaultOf(Fleet.Python) }, [DefaultOf(Fleet.Python)]));
        _workers.Add(await PythonWorker.StartAsync(PythonSettings with { Queue = DefaultOf(Fleet.Mixed) }, [DefaultOf(Fleet.Mixed), QueuesOf(Fleet.Mixed)[0]]));
        _hosts[Fleet.Python] = await CSharpHost.StartAsync(Transport, DefaultOf(Fleet.Python), []);
        _hosts[Fleet.Mixed] = await CSharpHost.StartAsync(Transport, DefaultOf(Fleet.Mixed), [DefaultOf(Fleet.Mixed), QueuesOf(Fleet.Mixed)[1]]);
    }

    /// <inheritdoc/>
    protected override async Task<CSharpHost> StartCSharpAsync() => _hosts[Fleet.CSharp] = await CSharpHost.StartAsync(Transport, Queue, [Queue]);

    /// <inheritdoc/>
    protected override async Task StopPeersAsync()
    {
        foreach (var fleet in (Fleet[])[Fleet.Python, Fleet.Mixed])
            if (_hosts.TryGetValue(fleet, out var host)) await host.DisposeAsync();
        foreach (var worker in _workers) await worker.DisposeAsync();
        if (Python is null) return;
        string[] queues = [DefaultOf(Fleet.Python), DefaultOf(Fleet.Mixed), .. QueuesOf(Fleet.Mixed)];
        await Python.DeleteAsync([.. queues, .. queues.Select(static queue => $"{queue}.dead")]);
    }

    private string DefaultOf(Fleet fleet) => fleet switch
    {
        Fleet.Python => $"{Queue}.python",
        Fleet.Mixed => $"{Queue}.mixed",
        _ => Queue,
    };
}

public sealed class CanvasFleetOverRabbitMQFixture() : CanvasFleetFixture(Transport.RabbitMQWithRedis);

public sealed class CanvasFleetOverRedisFixture() : CanvasFleetFixture(Transport.Redis);
