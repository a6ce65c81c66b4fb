using CeleryNet.Contracts;
using CeleryNet.Interop.Tests.Peers;
using CeleryNet.Interop.Tests.PythonPeer;
using CeleryNet.Interop.Tests.Tasks;

namespace CeleryNet.Interop.Tests.Fleet;

/// <summary>A Python worker and a .NET worker share one queue, a Python client and a .NET client feed it. Inherited for every broker.</summary>
public abstract class MixedFleetTests(MixedFleetFixture peers)
{
    private const int Count = 100;

    [SkippableFact]
    public async Task Tasks_OfBothClients_AreDoneByBothWorkersOnceEach()
    {
        await peers.ReadyAsync();

        var handles = await peers.CSharp.Client.EnqueueManyAsync(Enumerable.Range(0, Count).Select(i => CSharpTasks.WhereTask(i)));
        var ids = await peers.Python.SendManyAsync("fleet.where", Enumerable.Range(0, Count).Select(i => new[] { i }).ToArray());
        var fromCSharp = await Task.WhenAll(handles.Select(handle => handle.GetAsync(TimeSpan.FromSeconds(30))));
        var fromPython = (await peers.Python.GetManyAsync(ids)).Select(result => result.Value.GetString()).ToList();

        fromCSharp.Should().HaveCount(Count).And.OnlyContain(where => where == "csharp" || where == "python");
        fromPython.Should().HaveCount(Count).And.OnlyContain(where => where == "csharp" || where == "python");
        fromCSharp.Concat(fromPython).Distinct().Should().HaveCount(2, "both workers took their share");
        (await peers.Python.LengthAsync(peers.Queue)).Should().Be(0);
        if (!peers.Transport.IsRabbitMQ) await Eventually.IsTrueAsync(async () => await peers.Python.UnackedAsync() == 0);
    }

    [SkippableFact]
    public async Task Task_RetriedByCSharp_IsEndedByPython()
    {
        await peers.ReadyAsync();

        var ids = await peers.Python.SendManyAsync("fleet.retried_by_csharp", Enumerable.Range(0, 20).Select(i => new[] { i }).ToArray());
        var ends = (await peers.Python.GetManyAsync(ids)).Select(result => result.Value.GetString()!).ToList();

        ends.Select(end => end.Split(' ')[1]).Should().Equal(Enumerable.Range(0, 20).Select(i => $"{i}"));
        ends.Should().OnlyContain(end => end.StartsWith("python ", StringComparison.Ordinal)).And.Contain(end => end.EndsWith(" retried", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task Task_RetriedByPython_IsEndedByCSharp()
    {
        await peers.ReadyAsync();

        var handles = await peers.CSharp.Client.EnqueueManyAsync(Enumerable.Range(0, 20).Select(i => CSharpTasks.RetriedByPythonTask(i)));
        var ends = await Task.WhenAll(handles.Select(handle => handle.GetAsync(TimeSpan.FromSeconds(30))));

        ends.Select(end => end.Split(' ')[1]).Should().Equal(Enumerable.Range(0, 20).Select(i => $"{i}"));
        ends.Should().OnlyContain(end => end.StartsWith("csharp ", StringComparison.Ordinal)).And.Contain(end => end.EndsWith(" retried", StringComparison.Ordinal));
    }
}

/// <summary>Clients and workers of both kinds.</summary>
public abstract class MixedFleetFixture(Transport transport) : PeersFixture(transport)
{
    private PythonWorker? _worker;

    /// <inheritdoc/>
    protected override async Task StartPeersAsync() => _worker = await PythonWorker.StartAsync(PythonSettings, [Queue]);

    /// <inheritdoc/>
    protected override Task<CSharpHost> StartCSharpAsync() =>
        CSharpHost.StartAsync(Transport, Queue, [Queue], worker => (worker.Concurrency, worker.Prefetch) = (2, 4)); // as much as the Python worker takes ahead

    /// <inheritdoc/>
    protected override async Task StopPeersAsync()
    {
        if (_worker is not null) await _worker.DisposeAsync();
    }
}

public sealed class MixedFleetOverRabbitMQFixture() : MixedFleetFixture(Transport.RabbitMQWithRedis);

// A database of its own: the test looks at all that workers have taken.
public sealed class MixedFleetOverRedisFixture() : MixedFleetFixture(Transport.Redis.InDatabase(14));

/// <summary>A mixed fleet on RabbitMQ.</summary>
public sealed class MixedFleetOverRabbitMQTests(MixedFleetOverRabbitMQFixture peers) : MixedFleetTests(peers), IClassFixture<MixedFleetOverRabbitMQFixture>;

/// <summary>A mixed fleet on Redis.</summary>
public sealed class MixedFleetOverRedisTests(MixedFleetOverRedisFixture peers) : MixedFleetTests(peers), IClassFixture<MixedFleetOverRedisFixture>;
