using CeleryNet.Events;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.Tests.Events;

public sealed class ClusterStateTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly ClusterState _state;
    private long _clock;

    public ClusterStateTests() => _state = new ClusterState(_time);

    [Fact]
    public void Worker_IsAliveForTwoIntervals()
    {
        _state.Apply(Heartbeat("w"));

        _time.Advance(TimeSpan.FromSeconds(4) - TimeSpan.FromTicks(1));
        _state.FindWorker("w")!.IsAlive.Should().BeTrue();
        _time.Advance(TimeSpan.FromTicks(1));
        _state.FindWorker("w")!.IsAlive.Should().BeFalse();
        _state.GetCounts().Should().Match<ClusterCounts>(counts => counts.Workers == 1 && counts.AliveWorkers == 0);
    }

    [Fact]
    public void Worker_ThatSaysItLeaves_IsNotAlive()
    {
        _state.Apply(Heartbeat("w"));

        _state.Apply(new WorkerOfflineEvent { Type = "worker-offline", NodeName = "w", Timestamp = Start, ReceivedAt = Start });

        _state.FindWorker("w").Should().Match<ClusterWorker>(worker => !worker.IsAlive && worker.LastSeen == null && worker.Processed == 7, "what was known of it stays");
    }

    [Fact]
    public void Worker_AnswerToARequest_KeepsWhatItLeavesOut()
    {
        _state.Apply(Heartbeat("w"));

        _state.Apply(new WorkerHeartbeatEvent { Type = "worker-heartbeat", NodeName = "w", Timestamp = Start, ReceivedAt = Start, Interval = TimeSpan.FromSeconds(5) });

        _state.FindWorker("w").Should().Match<ClusterWorker>(worker => worker.Active == 1 && worker.Processed == 7 && worker.LoadAverage.Count == 3 && worker.Interval == TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Worker_KnownByItsTasksOnly_IsAliveAfterThem()
    {
        _state.Apply(At(new TaskStartedEvent { Type = "task-started", TaskId = "1", NodeName = "w" }, Start));

        _time.Advance(TimeSpan.FromSeconds(119));
        _state.FindWorker("w")!.IsAlive.Should().BeTrue("its interval is not known, so 60 s are taken for it, as Celery does");
        _time.Advance(TimeSpan.FromSeconds(1));
        _state.FindWorker("w")!.IsAlive.Should().BeFalse();
    }

    [Fact]
    public void Heartbeat_ByAClockThatIsWrong_CountsWhenItIsReceived()
    {
        _state.Apply(Heartbeat("w") with { Timestamp = Start - TimeSpan.FromHours(2) });

        _state.FindWorker("w")!.LastSeen.Should().Be(Start);
    }

    [Fact]
    public void Heartbeat_WithoutTime_IsNone()
    {
        _state.Apply(Heartbeat("w") with { Timestamp = null });

        _state.FindWorker("w")!.IsAlive.Should().BeFalse();
    }

    [Fact]
    public void Task_ThroughItsLife_ShowsWhatItsEventsTold()
    {
        _state.Apply(At(new TaskSentEvent { Type = "task-sent", TaskId = "1", NodeName = "gen1@h", Name = "t.add", Args = "(1, 2)", Kwargs = "{}", RootId = "1", Retries = 0, Queue = "celery" }, Start));
        _state.FindTask("1")!.State.Should().Be("PENDING");
        Received("1", Start.AddSeconds(1));
        Started("1", Start.AddSeconds(2));
        Succeeded("1", Start.AddSeconds(3));

        _state.FindTask("1").Should().BeEquivalentTo(new ClusterTask
        {
            Id = "1",
            Name = "t.add",
            State = "SUCCESS",
            Timestamp = Start.AddSeconds(3),
            Clock = 4,
            NodeName = "w",
            ClientName = "gen1@h",
            Args = "(1, 2)",
            Kwargs = "{}",
            RootId = "1",
            Retries = 0,
            Queue = "celery",
            Result = "3",
            Runtime = TimeSpan.FromMilliseconds(7),
            SentAt = Start,
            ReceivedAt = Start.AddSeconds(1),
            StartedAt = Start.AddSeconds(2),
            SucceededAt = Start.AddSeconds(3),
        });
        _state.FindTask("1")!.IsReady.Should().BeTrue();
    }

    [Fact]
    public void Events_OutOfOrder_LeaveTheLaterStateAndAddWhatTheyKnow()
    {
        Succeeded("1", Start.AddSeconds(3));
        Started("1", Start.AddSeconds(2));
        Received("1", Start.AddSeconds(1));

        _state.FindTask("1").Should().Match<ClusterTask>(task =>
            task.State == "SUCCESS" && task.Timestamp == Start.AddSeconds(3) && task.Name == "t.add" && task.ReceivedAt == Start.AddSeconds(1) && task.StartedAt == Start.AddSeconds(2));
    }

    [Fact]
    public void Retry_BeginsAnew_AndAnOlderOneThatComesLateDoesNot()
    {
        Started("1", Start);
        var retried = At(new TaskRetriedEvent { Type = "task-retried", TaskId = "1", NodeName = "w", Exception = "E()" }, Start.AddSeconds(1));
        _state.Apply(retried);
        _state.FindTask("1")!.State.Should().Be("RETRY");
        Received("1", Start.AddSeconds(2), retries: 1);
        _state.FindTask("1").Should().Match<ClusterTask>(task => task.State == "RECEIVED" && task.Retries == 1 && task.Exception == "E()");

        _state.Apply(retried);

        _state.FindTask("1")!.State.Should().Be("RECEIVED", "the same worker's clock says that it was before");
    }

    [Fact]
    public void Sent_ThatComesAfterTheReceipt_ChangesOnlyWhatTheWorkerDoesNotKnow()
    {
        Received("1", Start, retries: 2);
        _state.Apply(At(new TaskSentEvent { Type = "task-sent", TaskId = "1", NodeName = "gen1@h", Name = "other", Retries = 0, Queue = "images" }, Start));

        _state.FindTask("1").Should().Match<ClusterTask>(task => task.State == "RECEIVED" && task.Name == "t.add" && task.Retries == 2 && task.Queue == "images" && task.ClientName == "gen1@h");
    }

    [Fact]
    public void OwnEvent_IsAStateOfItsOwn()
    {
        Started("1", Start);
        _state.Apply(At(new TaskEvent { Type = "task-progress", TaskId = "1", NodeName = "w" }, Start));
        _state.FindTask("1")!.State.Should().Be("PROGRESS");

        Succeeded("1", Start);

        _state.FindTask("1")!.State.Should().Be("SUCCESS");
    }

    [Fact]
    public void Tasks_BeyondTheLimit_AreForgottenOldestFirst()
    {
        var state = new ClusterState(_time, maxTasks: 3, maxWorkers: 2);
        for (var i = 0; i < 5; i++) state.Apply(At(new TaskStartedEvent { Type = "task-started", TaskId = $"{i}", NodeName = $"w{i}" }, Start.AddSeconds(i)));
        state.Apply(At(new TaskSucceededEvent { Type = "task-succeeded", TaskId = "4", NodeName = "w4" }, Start));

        state.GetTasks().Select(task => task.Id).Should().Equal("4", "3", "2");
        state.GetTasks(limit: 1).Should().ContainSingle();
        state.GetWorkers().Select(worker => worker.NodeName).Should().Equal("w3", "w4");
        state.GetCounts().TasksByState.Should().BeEquivalentTo(new Dictionary<string, int> { ["STARTED"] = 2, ["SUCCESS"] = 1 });
        state.GetCounts().Events.Should().Be(6);
    }

    [Fact]
    public void Counts_TellEventsAndReceipts()
    {
        Received("1", Start);
        Received("1", Start, retries: 1);
        Started("1", Start);
        _state.Apply(new ClusterEvent { Type = "x-y" });

        var counts = _state.GetCounts();

        (counts.Events, counts.ReceivedTasks, counts.TasksByState.Single()).Should().Be((4, 2, new KeyValuePair<string, int>("STARTED", 1)));
    }

    [Fact]
    public void Snapshots_DoNotChange()
    {
        Started("1", Start);
        var (tasks, task) = (_state.GetTasks(), _state.FindTask("1"));

        Succeeded("1", Start);

        (tasks[0].State, task!.State).Should().Be(("STARTED", "STARTED"));
    }

    [Fact]
    public async Task State_FedAndAskedAtOnce_StaysWhole()
    {
        var feeding = Task.Run(() =>
        {
            for (var i = 0; i < 20_000; i++) Started($"{i}", Start);
        });
        while (!feeding.IsCompleted)
        {
            _state.GetCounts().TasksByState.Values.Sum().Should().BeLessThanOrEqualTo(ClusterState.DefaultMaxTasks);
            _state.GetWorkers();
        }

        await feeding;
        _state.GetTasks().Should().HaveCount(ClusterState.DefaultMaxTasks);
    }

    private WorkerHeartbeatEvent Heartbeat(string node) => new()
    {
        Type = "worker-heartbeat",
        NodeName = node,
        Clock = ++_clock,
        Timestamp = _time.GetUtcNow(),
        ReceivedAt = _time.GetUtcNow(),
        Interval = TimeSpan.FromSeconds(2),
        Active = 1,
        Processed = 7,
        LoadAverage = [1, 2, 3],
    };

    private void Received(string id, DateTimeOffset moment, int retries = 0) => _state.Apply(
        At(new TaskReceivedEvent { Type = "task-received", TaskId = id, NodeName = "w", Name = "t.add", Args = "(1, 2)", Kwargs = "{}", RootId = id, Retries = retries }, moment));

    private void Started(string id, DateTimeOffset moment) => _state.Apply(At(new TaskStartedEvent { Type = "task-started", TaskId = id, NodeName = "w" }, moment));

    private void Succeeded(string id, DateTimeOffset moment) => _state.Apply(
        At(new TaskSucceededEvent { Type = "task-succeeded", TaskId = id, NodeName = "w", Result = "3", Runtime = TimeSpan.FromMilliseconds(7) }, moment));

    private T At<T>(T told, DateTimeOffset moment) where T : ClusterEvent => told with { Timestamp = moment, ReceivedAt = moment, Clock = ++_clock };
}
