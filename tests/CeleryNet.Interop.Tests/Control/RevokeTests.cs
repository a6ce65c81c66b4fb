using CeleryNet.Contracts;
using CeleryNet.Interop.Tests.Peers;
using CeleryNet.Interop.Tests.Tasks;

namespace CeleryNet.Interop.Tests.Control;

/// <summary>Tasks are revoked across languages. Inherited for every broker.</summary>
public abstract class RevokeTests(ControlFixture peers)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    [SkippableFact]
    public async Task Python_RevokesATaskThatWaitsInCSharp_ItEndsAtOnce()
    {
        await peers.ReadyAsync();
        var id = await peers.Python.SendAsync("cs.wait", new[] { 0 }, null, new { countdown = 8 });

        await peers.Python.RevokeAsync(id);
        var result = await peers.Python.GetAsync(id, 30);

        (result.State, result.Error!.Type, result.Error.Message).Should().Be(("REVOKED", "TaskRevokedError", "revoked"));
        Runs.Of(id).Should().Be(0);
    }

    [SkippableFact]
    public async Task Python_TerminatesATaskThatRunsInCSharp_ItsTokenIsCancelled()
    {
        await peers.ReadyAsync();
        var id = await peers.Python.SendAsync("cs.wait", new[] { 60 });
        await Eventually.IsTrueAsync(() => Runs.Of(id) == 1);

        await peers.Python.RevokeAsync(id, terminate: true);
        var result = await peers.Python.GetAsync(id);

        (result.State, result.Error!.Message).Should().Be(("REVOKED", "terminated"));
    }

    [SkippableFact]
    public async Task Python_RevokesWithoutTerminate_ARunningTaskGoesOn()
    {
        await peers.ReadyAsync();
        var id = await peers.Python.SendAsync("cs.wait", new[] { 1 });
        await Eventually.IsTrueAsync(() => Runs.Of(id) == 1);

        await peers.Python.RevokeAsync(id);

        (await peers.Python.GetAsync(id)).Value.GetString().Should().Be("waited");
    }

    [SkippableFact]
    public async Task CSharp_RevokesATaskThatWaitsInPython_ItDoesNotRun()
    {
        await peers.ReadyAsync();
        var handle = await peers.CSharp.Client.EnqueueAsync(IPythonTasks.NowTask().With(o => (o.Queue, o.Countdown) = (peers.PythonQueue, TimeSpan.FromSeconds(3))));

        await handle.RevokeAsync();

        var revoked = await handle.Invoking(task => task.GetAsync(Limit)).Should().ThrowAsync<TaskRevokedException>();
        revoked.Which.RemoteMessage.Should().Be("revoked");
    }

    [SkippableFact]
    public async Task CSharp_TerminatesATaskThatRunsInPython_ItEnds()
    {
        await peers.ReadyAsync();
        var handle = await peers.CSharp.Client.EnqueueAsync(IPythonTasks.SleepTask(60).With(o => o.Queue = peers.PythonQueue));
        await Eventually.IsTrueAsync(async () => await peers.Python.LengthAsync(peers.PythonQueue) == 0);

        await handle.RevokeAsync(terminate: true);

        (await handle.WaitAsync(Limit)).State.Should().Be("REVOKED");
    }

    [SkippableFact]
    public async Task CSharp_TerminatesATaskThatRunsInCSharp_ItEnds()
    {
        await peers.ReadyAsync();
        var handle = await peers.CSharp.Client.EnqueueAsync(CSharpTasks.WaitTask(60));
        await Eventually.IsTrueAsync(() => Runs.Of(handle.Id) == 1);

        await handle.RevokeAsync(terminate: true);

        var revoked = await handle.Invoking(task => task.GetAsync(Limit)).Should().ThrowAsync<TaskRevokedException>();
        revoked.Which.RemoteMessage.Should().Be("terminated");
    }

    [SkippableFact]
    public async Task CSharp_RevokesBeforeAnyWorkerIsThere_AWorkerThatStartsLaterKnows()
    {
        await peers.ReadyAsync();
        await using var client = await CSharpHost.StartAsync(peers.Transport, peers.PriorityQueue, [], storesRevocations: true);
        var handle = await client.Client.EnqueueAsync(CSharpTasks.WaitTask(0));

        await handle.RevokeAsync();
        await using var worker = await CSharpHost.StartAsync(peers.Transport, peers.PriorityQueue, [peers.PriorityQueue], storesRevocations: true);

        await handle.Invoking(task => task.GetAsync(Limit)).Should().ThrowAsync<TaskRevokedException>();
        Runs.Of(handle.Id).Should().Be(0);
    }
}

/// <summary>Revoking over RabbitMQ.</summary>
public sealed class RevokeOverRabbitMQTests(ControlOverRabbitMQFixture peers) : RevokeTests(peers), IClassFixture<ControlOverRabbitMQFixture>;

/// <summary>Revoking over Redis.</summary>
public sealed class RevokeOverRedisTests(ControlOverRedisFixture peers) : RevokeTests(peers), IClassFixture<ControlOverRedisFixture>;
