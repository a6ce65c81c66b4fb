using CeleryNet.Contracts;
using CeleryNet.Interop.Tests.Peers;
using CeleryNet.Interop.Tests.PythonPeer;
using CeleryNet.Interop.Tests.Tasks;

namespace CeleryNet.Interop.Tests.Events;

/// <summary>What Celery's own monitors make of the events of a .NET worker. Inherited for every broker.</summary>
public abstract class CSharpEventTests(EventFixture peers)
{
    [SkippableFact]
    public async Task Success_IsSeenWithResultRuntimeAndTimes()
    {
        await peers.ReadyAsync();
        var before = Now();

        var id = await peers.Python.SendAsync("cs.tracked", new[] { 50 });
        var seen = await SeenAsync(id, "SUCCESS");
        var after = Now();

        (seen.Name, seen.Args, seen.Kwargs, seen.Result, seen.Worker, seen.Retries, seen.RootId, seen.ParentId).Should().Be(("cs.tracked", "[50]", "{}", "'tracked'", peers.NodeName, 0, id, null));
        seen.Runtime.Should().BeInRange(0.045, after - before);
        new[] { before, seen.Received, seen.Started, seen.Succeeded, after }.Should().BeInAscendingOrder().And.NotContainNulls();
        seen.Timestamp.Should().Be(seen.Succeeded);
        (await peers.Python.SeenTypesAsync(id)).Should().Equal("task-received", "task-started", "task-succeeded");
    }

    [SkippableFact]
    public async Task Failure_IsSeenWithErrorAndTraceback()
    {
        await peers.ReadyAsync();

        var seen = await SeenAsync(await peers.Python.SendAsync("cs.fail", new[] { "stock", "none left" }), "FAILURE");

        seen.Exception.Should().Be("OutOfStockException(\"'none left' is out of stock\")");
        seen.Traceback.Should().Contain("CSharpTasks.Fail");
        seen.Failed.Should().Be(seen.Timestamp);
    }

    [SkippableFact]
    public async Task Retry_IsSeenAndSucceedsLater()
    {
        await peers.ReadyAsync();

        var id = await peers.Python.SendAsync("cs.retry_later", new[] { 0.1 });
        var seen = await SeenAsync(id, "SUCCESS");

        (seen.Retries, seen.Exception, seen.Result).Should().Be((1, "InvalidOperationException('not yet')", "1"));
        (await peers.Python.SeenTypesAsync(id)).Should().Equal("task-received", "task-started", "task-retried", "task-received", "task-started", "task-succeeded");
        new[] { seen.Retried, seen.Received, seen.Started, seen.Succeeded }.Should().BeInAscendingOrder();
    }

    [SkippableFact]
    public async Task Revoked_WhileItWaits_IsSeen()
    {
        await peers.ReadyAsync();
        var id = await peers.Python.SendAsync("cs.wait", new[] { 0 }, null, new { countdown = 9 });
        (await SeenAsync(id, "RECEIVED")).Eta.Should().NotBeNull();

        await peers.Python.RevokeAsync(id);

        (await SeenAsync(id, "REVOKED")).Started.Should().BeNull();
    }

    [SkippableFact]
    public async Task Terminated_IsSeen()
    {
        await peers.ReadyAsync();
        var id = await peers.Python.SendAsync("cs.wait", new[] { 60 });
        await SeenAsync(id, "STARTED");

        await peers.Python.RevokeAsync(id, terminate: true);

        await SeenAsync(id, "REVOKED");
    }

    [SkippableFact]
    public async Task Expired_IsSeenWithoutReceipt()
    {
        await peers.ReadyAsync();

        var handle = await peers.CSharp.Client.EnqueueAsync(CSharpTasks.AddTask(1, 2), options => options.ExpiresAt = DateTimeOffset.UtcNow.AddSeconds(-10)); // Python's would die in RabbitMQ
        await SeenAsync(handle.Id, "REVOKED");

        (await peers.Python.SeenTypesAsync(handle.Id)).Should().Contain("task-revoked").And.BeSubsetOf(["task-sent", "task-revoked"]);
    }

    [SkippableFact]
    public async Task Rejected_IsSeen()
    {
        await peers.ReadyAsync();

        var seen = await SeenAsync(await peers.Python.SendAsync("cs.outcome", new[] { "reject" }), "REJECTED", afterwards: "STARTED");

        seen.Rejected.Should().NotBeNull();
    }

    [SkippableFact]
    public async Task Ignored_IsSeenAsStarted()
    {
        await peers.ReadyAsync();
        var id = await peers.Python.SendAsync("cs.outcome", new[] { "ignore" });
        await Eventually.IsTrueAsync(() => Runs.Of(id) == 1);

        await SeenAsync(await peers.Python.SendAsync("cs.add", new[] { 1, 2 }), "SUCCESS"); // its events come behind those of the other

        (await peers.Python.SeenTypesAsync(id)).Should().Equal("task-received", "task-started");
        (await peers.Python.SeenTaskAsync(id))!.State.Should().Be("STARTED");
    }

    [SkippableFact]
    public async Task UnknownTask_IsSeenAsFailure()
    {
        await peers.ReadyAsync();

        var id = await peers.Python.SendAsync("cs.nobody");
        var seen = await SeenAsync(id, "FAILURE");

        (seen.Name, seen.Exception).Should().Be((null, "NotRegistered('cs.nobody')"));
        (await peers.Python.SeenTypesAsync(id)).Should().Equal("task-failed");
    }

    [SkippableFact]
    public async Task OwnEvent_IsSeenAsState()
    {
        await peers.ReadyAsync();

        var id = await peers.Python.SendAsync("cs.tells", new[] { 3 });
        await SeenAsync(id, "SUCCESS");

        (await peers.Python.SeenTypesAsync(id)).Should().Equal("task-received", "task-started", "task-telling", "task-succeeded");
    }

    [SkippableFact]
    public async Task Sent_IsSeenBeforeAnyWorkerHasIt()
    {
        await peers.ReadyAsync();

        var handle = await peers.CSharp.Client.EnqueueAsync(CSharpTasks.AddTask(2, 3).With(options => options.Queue = peers.PriorityQueue));
        var seen = await SeenAsync(handle.Id, "PENDING");

        (seen.Name, seen.Args, seen.Kwargs, seen.Queue, seen.Client, seen.Worker).Should().Be(
            ("cs.add", "(2, 3)", "{}", peers.PriorityQueue, $"gen{Environment.ProcessId}@{Environment.MachineName}", null));
        seen.Sent.Should().BeInRange(Now() - 30, Now());
    }

    [SkippableFact]
    public async Task Worker_IsAliveUntilItLeaves()
    {
        await peers.ReadyAsync();
        var queue = $"{peers.Queue}.second";
        string node;
        await using (await CSharpHost.StartAsync(peers.Transport, queue, [queue]))
        {
            node = $"cs-{queue}@localhost";
            await Eventually.IsTrueAsync(async () => await peers.Python.SeenWorkerAsync(node) is { Alive: true, Freq: 2, Active: 0, Processed: 0, Software: "celerynet", System: "Linux" });
        }

        await Eventually.IsTrueAsync(async () => await peers.Python.SeenWorkerAsync(node) is { Alive: false });
        await Eventually.IsTrueAsync(() => peers.Cluster.FindWorker(node) is { IsAlive: false });
        await peers.Python.DeleteAsync(queue);
    }

    [SkippableFact]
    public async Task Dump_ShowsCSharpEvents()
    {
        await peers.ReadyAsync();
        await using var dump = PythonProcess.Start(peers.PythonSettings, "never", "-m", "celery", "-A", "app", "events", "--dump");
        await FindLineAsync(dump, $"{peers.NodeName} [", "heartbeat:");

        var id = await peers.Python.SendAsync("cs.add", new[] { 1, 2 });

        await FindLineAsync(dump, $"{peers.NodeName} [", "task received: cs.add(", id, "args=[1, 2] kwargs={}");
        await FindLineAsync(dump, $"{peers.NodeName} [", "task started: cs.add(", id);
        await FindLineAsync(dump, $"{peers.NodeName} [", "task succeeded: cs.add(", id, "result=3, runtime=");
    }

    private static async Task FindLineAsync(PythonProcess process, params string[] parts)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20)); // for all lines together: heartbeats come without end
        while (await process.Answers.ReadLineAsync(limit.Token) is { } line)
            if (Array.TrueForAll(parts, part => line.Contains(part, StringComparison.Ordinal))) return;
        throw new InvalidOperationException($"celery events ended. It printed:{Environment.NewLine}{process.Output}");
    }

    // A rejected task is REJECTED only as long as nothing follows in Celery's order of states, in which STARTED comes later.
    private async Task<SeenTask> SeenAsync(string id, string state, string? afterwards = null)
    {
        SeenTask? seen = null;
        await Eventually.IsTrueAsync(async () =>
            (seen = await peers.Python.SeenTaskAsync(id))?.State == (afterwards ?? state) && (afterwards is null || seen.Rejected is not null), TimeSpan.FromSeconds(20), $"{state} of {id}");
        return seen!; // the loop ends with one
    }

    private static double Now() => (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds;
}

/// <summary>Events of .NET over RabbitMQ.</summary>
public sealed class CSharpEventsOverRabbitMQTests(EventsOverRabbitMQFixture peers) : CSharpEventTests(peers), IClassFixture<EventsOverRabbitMQFixture>;

/// <summary>Events of .NET over Redis.</summary>
public sealed class CSharpEventsOverRedisTests(EventsOverRedisFixture peers) : CSharpEventTests(peers), IClassFixture<EventsOverRedisFixture>;
