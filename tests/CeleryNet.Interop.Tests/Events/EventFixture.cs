using CeleryNet.Contracts;
using CeleryNet.Events;
using CeleryNet.Interop.Tests.Peers;
using CeleryNet.Interop.Tests.PythonPeer;

namespace CeleryNet.Interop.Tests.Events;

/// <summary>A worker of each kind on a queue of its own, both of which tell everything, and a monitor of each kind that has heard of both.</summary>
public abstract class EventFixture(Transport transport) : PeersFixture(transport)
{
    private PythonWorker? _worker;
    private Func<Task> _stopFollowing = () => Task.CompletedTask;

    /// <summary>Node name of the .NET worker.</summary>
    public string NodeName => $"cs-{Queue}@localhost";

    /// <summary>Node name of the Python worker.</summary>
    public string PythonNodeName => _worker!.NodeName; // started before any test

    /// <summary>The Python worker's queue; <see cref="PeersFixture.Queue"/> is the .NET worker's.</summary>
    public string PythonQueue => NamedQueue;

    /// <summary>What the .NET monitor knows.</summary>
    public ClusterState Cluster { get; } = new();

    /// <inheritdoc/>
    protected override async Task StartPeersAsync() => _worker = await PythonWorker.StartAsync(PythonSettings, [PythonQueue], processes: 2, sendsEvents: true);

    /// <inheritdoc/>
    protected override async Task<CSharpHost> StartCSharpAsync()
    {
        var host = await CSharpHost.StartAsync(Transport, Queue, [Queue], worker => worker.SendTaskEvents = true, tellsWhatItSends: true);
        var stop = new CancellationTokenSource();
        var following = Cluster.FollowAsync(host.Events, stop.Token);
        _stopFollowing = async () =>
        {
            await stop.CancelAsync();
            await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stop.Dispose();
        };
        await Python.ObserveAsync();
        await Eventually.IsTrueAsync(async () => await Python.SeenWorkerAsync(NodeName) is { Alive: true } && await Python.SeenWorkerAsync(PythonNodeName) is { Alive: true });
        await Eventually.IsTrueAsync(() => Cluster.FindWorker(NodeName) is { IsAlive: true } && Cluster.FindWorker(PythonNodeName) is { IsAlive: true });
        return host;
    }

    /// <inheritdoc/>
    protected override async Task StopPeersAsync()
    {
        await _stopFollowing();
        if (_worker is not null) await _worker.DisposeAsync();
    }
}

public sealed class EventsOverRabbitMQFixture() : EventFixture(Transport.RabbitMQWithRedis);

public sealed class EventsOverRedisFixture() : EventFixture(Transport.Redis);
