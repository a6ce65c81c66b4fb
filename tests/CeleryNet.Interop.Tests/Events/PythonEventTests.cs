using CeleryNet.Contracts;
using CeleryNet.Events;
using CeleryNet.Interop.Tests.Tasks;

namespace CeleryNet.Interop.Tests.Events;

/// <summary>What <see cref="ClusterState"/> makes of the events of Python and .NET workers, compared with Celery's own state. Inherited for every broker.</summary>
public abstract class PythonEventTests(EventFixture peers)
{
    [SkippableFact]
    public async Task PythonsTask_ThatSucceeds_IsSeen()
    {
        await peers.ReadyAsync();
        var before = DateTimeOffset.UtcNow;

        var handle = await peers.CSharp.Client.EnqueueAsync(IPythonTasks.SleepTask(0.1).With(options => options.Queue = peers.PythonQueue));
        var seen = await SeenAsync(handle.Id, "SUCCESS");

        (seen.Name, seen.NodeName, seen.ClientName, seen.Queue, seen.Result).Should().Be(
            ("py.sleep", peers.PythonNodeName, $"gen{Environment.ProcessId}@{Environment.MachineName}", peers.PythonQueue, "0.1"));
        seen.Runtime.Should().BeCloseTo(TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(2)).And.BeGreaterThan(TimeSpan.FromSeconds(0.1));
        new[] { before, seen.SentAt, seen.SucceededAt, DateTimeOffset.UtcNow }.Should().BeInAscendingOrder().And.NotContainNulls();
        new[] { seen.ReceivedAt, seen.StartedAt, seen.SucceededAt }.Should().BeInAscendingOrder().And.NotContainNulls();
    }

    [SkippableFact]
    public async Task PythonsTask_ThatFails_IsSeen()
    {
        await peers.ReadyAsync();

        var seen = await SeenAsync(await peers.Python.SendAsync("py.fail", new[] { "ValueError", "bad" }, null, new { queue = peers.PythonQueue }), "FAILURE");

        seen.Exception.Should().Be("ValueError('bad')");
        seen.Traceback.Should().StartWith("Traceback");
    }

    [SkippableFact]
    public async Task PythonsTask_ThatRetries_IsSeenAsCelerySeesIt()
    {
        await peers.ReadyAsync();

        var id = await peers.Python.SendAsync("py.retrying", new[] { 2 }, null, new { queue = peers.PythonQueue });
        // Celery's worker tells of a retry after it was sent, so that it may come behind the end; then RETRY is what its own State keeps, too.
        await Eventually.IsTrueAsync(async () => await peers.Python.SeenTypesAsync(id) is { Length: 9 }, TimeSpan.FromSeconds(20));
        var theirs = (await peers.Python.SeenTaskAsync(id))!; // asked above
        var seen = await SeenAsync(id, theirs.State);

        (seen.Retries, seen.Exception, seen.Result).Should().Be((2, "ValueError('again')", "2"));
    }

    [SkippableFact]
    public async Task TasksOfBothWorkers_AreSeenAlikeByBothMonitors()
    {
        await peers.ReadyAsync();
        var ids = new List<string>();
        foreach (var (task, args, queue) in new (string, object, string)[]
        {
            ("py.add", new[] { 1, 2 }, peers.PythonQueue), ("cs.add", new[] { 1, 2 }, peers.Queue), ("py.ignore", Array.Empty<int>(), peers.PythonQueue),
            ("cs.outcome", new[] { "ignore" }, peers.Queue), ("py.fail", new[] { "KeyError", "x" }, peers.PythonQueue), ("cs.fail", new[] { "invalid", "x" }, peers.Queue),
            ("cs.outcome", new[] { "cancel" }, peers.Queue), ("cs.outcome", new[] { "snooze" }, peers.Queue), ("cs.retrying", new[] { 2 }, peers.Queue), ("py.types", Array.Empty<int>(), peers.PythonQueue),
        })
            ids.Add(await peers.Python.SendAsync(task, args, null, new { queue }));
        string[] ends = ["SUCCESS", "SUCCESS", "STARTED", "STARTED", "FAILURE", "FAILURE", "REVOKED", "SUCCESS", "SUCCESS", "SUCCESS"];

        for (var i = 0; i < ids.Count; i++)
        {
            var (id, end) = (ids[i], ends[i]);
            var mine = await SeenAsync(id, end);
            await Eventually.IsTrueAsync(async () => (await peers.Python.SeenTaskAsync(id))?.State == end, TimeSpan.FromSeconds(20));
            var theirs = (await peers.Python.SeenTaskAsync(id))!; // asked above
            (mine.Name, mine.Args, mine.Kwargs, mine.Result, mine.Exception, mine.Traceback, mine.Retries, mine.NodeName, mine.RootId, mine.ParentId)
                .Should().Be((theirs.Name, theirs.Args, theirs.Kwargs, theirs.Result, theirs.Exception, theirs.Traceback, theirs.Retries, theirs.Worker, theirs.RootId, theirs.ParentId));
            Seconds(mine.Timestamp).Should().BeApproximately(theirs.Timestamp!.Value, 1e-6);
            if (theirs.Runtime is { } runtime) mine.Runtime!.Value.TotalSeconds.Should().BeApproximately(runtime, 1e-6);
            else mine.Runtime.Should().BeNull();
        }
    }

    [SkippableFact]
    public async Task Workers_OfBothKinds_AreAliveWithWhatTheyTell()
    {
        await peers.ReadyAsync();
        await Eventually.IsTrueAsync(() => peers.Cluster.FindWorker(peers.PythonNodeName) is { Processed: not null } && peers.Cluster.FindWorker(peers.NodeName) is { Processed: not null });

        var python = peers.Cluster.FindWorker(peers.PythonNodeName)!; // asked above
        var csharp = peers.Cluster.FindWorker(peers.NodeName)!;

        (python.IsAlive, python.Software, python.SoftwareVersion, python.System).Should().Be((true, "py-celery", "5.2.6", "Linux"));
        (csharp.IsAlive, csharp.Software, csharp.ProcessId, csharp.System).Should().Be((true, "celerynet", Environment.ProcessId, "Linux"));
        python.LoadAverage.Should().HaveCount(3);
        csharp.LoadAverage.Should().HaveCount(3);
        peers.Cluster.GetCounts().AliveWorkers.Should().BeGreaterThanOrEqualTo(2);
    }

    [SkippableFact]
    public async Task RandomEvents_InAnyOrder_GiveCelerysStates()
    {
        const int seed = 20261123;
        await peers.ReadyAsync();
        var random = new Random(seed);
        string[] types = ["sent", "received", "started", "succeeded", "failed", "rejected", "revoked", "progress"]; // around retries .NET knows more, see ClusterStateTests
        var told = Enumerable.Range(1, 3000).Select(clock => (Type: $"task-{types[random.Next(types.Length)]}", Id: $"t{random.Next(600)}", Clock: clock)).ToList();
        var cluster = new ClusterState();

        foreach (var (type, id, clock) in told) cluster.Apply(Made(type, id, clock));
        var theirs = await peers.Python.FeedAsync(told.Select(one => new { type = one.Type, uuid = one.Id, hostname = "w", clock = one.Clock, timestamp = 1_700_000_000.0 + one.Clock }));

        theirs.Should().HaveCountGreaterThan(500);
        // Not the time of the state: Celery's takes that of a late event, too.
        cluster.GetTasks().ToDictionary(task => task.Id, task => task.State).Should().BeEquivalentTo(theirs.ToDictionary(pair => pair.Key, pair => pair.Value.State), $"seed {seed}");
    }

    private static TaskEvent Made(string type, string id, long clock)
    {
        TaskEvent made = type switch
        {
            "task-sent" => new TaskSentEvent { Type = type, TaskId = id },
            "task-received" => new TaskReceivedEvent { Type = type, TaskId = id },
            "task-started" => new TaskStartedEvent { Type = type, TaskId = id },
            "task-succeeded" => new TaskSucceededEvent { Type = type, TaskId = id },
            "task-failed" => new TaskFailedEvent { Type = type, TaskId = id },
            "task-rejected" => new TaskRejectedEvent { Type = type, TaskId = id },
            "task-revoked" => new TaskRevokedEvent { Type = type, TaskId = id },
            _ => new TaskEvent { Type = type, TaskId = id },
        };
        return made with { NodeName = "w", Clock = clock, Timestamp = DateTimeOffset.UnixEpoch.AddSeconds(1_700_000_000 + clock) };
    }

    private async Task<ClusterTask> SeenAsync(string id, string state)
    {
        await Eventually.IsTrueAsync(() => peers.Cluster.FindTask(id)?.State == state, TimeSpan.FromSeconds(20), $"{state} of {id}");
        return peers.Cluster.FindTask(id)!; // nothing is forgotten so soon
    }

    private static double Seconds(DateTimeOffset? moment) => (moment!.Value - DateTimeOffset.UnixEpoch).TotalSeconds; // a task that was told of has one
}

/// <summary>Events of both kinds of workers over RabbitMQ.</summary>
public sealed class PythonEventsOverRabbitMQTests(EventsOverRabbitMQFixture peers) : PythonEventTests(peers), IClassFixture<EventsOverRabbitMQFixture>;

/// <summary>Events of both kinds of workers over Redis.</summary>
public sealed class PythonEventsOverRedisTests(EventsOverRedisFixture peers) : PythonEventTests(peers), IClassFixture<EventsOverRedisFixture>;
