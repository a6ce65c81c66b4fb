using System.Text.Json;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using CeleryNet.Tests.Worker;
using CeleryNet.Worker;

namespace CeleryNet.Tests.Events;

/// <summary>What a worker tells of its tasks, compared with what Celery's worker told: the same fields, in the same order, of the same kinds.</summary>
public sealed class EventShapeTests : IAsyncDisposable
{
    private const string Task = "t.add";

    private readonly PowerfulBroker _broker = new();
    private readonly WorkerFixture _worker;

    public EventShapeTests()
    {
        _worker = new WorkerFixture { Broker = _broker };
        _worker.Options.SendTaskEvents = true;
    }

    [Fact]
    public async Task Success_IsToldAsCeleryTells()
    {
        await StartAsync(invocation => Return(invocation, new List<object> { 1, "two" }));
        var message = WorkerFixture.Message(Task, "[1, 2]", sent => (sent.ArgsRepr, sent.KwargsRepr) = ("(1, 2)", "{}"));

        _broker.Deliver(message);
        var told = await ToldAsync("task-succeeded");

        told.Select(Type).Should().Equal("task-received", "task-started", "task-succeeded");
        foreach (var one in told) GoldenEvent.Shape(one).Should().Equal(GoldenEvent.Shape(GoldenEvent.Of(Type(one))));
        told.Should().OnlyContain(one => Text(one, "uuid") == message.Id && Text(one, "hostname") == "celery@tests");
        (Text(told[0], "name"), Text(told[0], "args"), Text(told[0], "kwargs"), Text(told[0], "root_id")).Should().Be((Task, "(1, 2)", "{}", message.Id));
        Text(told[2], "result").Should().Be("[1, 'two']");
        told.Select(one => one.GetProperty("clock").GetInt64()).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        told[0].GetProperty("timestamp").GetRawText().Should().MatchRegex(@"^17672256\d\d\.\d{7}$"); // the clock may have been moved on before the worker took the task
    }

    [Fact]
    public async Task Times_AreToldAsMoments()
    {
        await StartAsync(invocation => Return(invocation, 1));

        _broker.Deliver(WorkerFixture.Message(Task, change: sent => (sent.Eta, sent.Expires) = (_worker.Time.GetUtcNow(), _worker.Time.GetUtcNow().AddDays(1))));
        var received = (await ToldAsync("task-succeeded"))[0];

        (Text(received, "eta"), Text(received, "expires")).Should().Be(("2026-01-01T00:00:00.000000+00:00", "2026-01-02T00:00:00.000000+00:00"));
    }

    [Fact]
    public async Task Failure_IsToldAsCeleryTells()
    {
        await StartAsync(_ => throw new InvalidOperationException("bad 'value'"));

        _broker.Deliver(WorkerFixture.Message(Task));
        var failed = (await ToldAsync("task-failed"))[^1];

        GoldenEvent.Shape(failed).Should().Equal(GoldenEvent.Shape(GoldenEvent.Of("task-failed")));
        Text(failed, "exception").Should().Be("InvalidOperationException(\"bad 'value'\")");
        Text(failed, "traceback").Should().StartWith("System.InvalidOperationException: bad 'value'").And.Contain(nameof(EventShapeTests));
    }

    [Fact]
    public async Task UnknownTask_HasNoTraceback()
    {
        await StartAsync(_ => default);

        _broker.Deliver(WorkerFixture.Message("t.nobody"));
        var told = await ToldAsync("task-failed");

        told.Should().ContainSingle("Celery does not tell that it was received");
        GoldenEvent.Shape(told[0]).Should().Equal(GoldenEvent.Shape(GoldenEvent.Of("task-failed")).Where(field => field != "traceback: String"));
        Text(told[0], "exception").Should().Be("NotRegistered('t.nobody')");
    }

    [Fact]
    public async Task Retry_IsToldAsCeleryTells()
    {
        await StartAsync(invocation => throw invocation.Context.Retry(TimeSpan.FromHours(1), new TimeoutException("slow")));

        _broker.Deliver(WorkerFixture.Message(Task));
        var retried = (await ToldAsync("task-retried"))[^1];

        GoldenEvent.Shape(retried).Should().Equal(GoldenEvent.Shape(GoldenEvent.Of("task-retried")));
        Text(retried, "exception").Should().Be("TimeoutException('slow')");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reject_IsToldAsCeleryTells(bool requeue)
    {
        await StartAsync(_ => throw new TaskOutcomeException(TaskOutcome.Reject(requeue: requeue)));

        _broker.Deliver(WorkerFixture.Message(Task));
        var rejected = (await ToldAsync("task-rejected"))[^1];

        GoldenEvent.Shape(rejected).Should().Equal(GoldenEvent.Shape(GoldenEvent.Of("task-rejected")));
        rejected.GetProperty("requeue").GetBoolean().Should().Be(requeue);
    }

    [Fact]
    public async Task Reject_AcknowledgedEarly_IsSilent()
    {
        var calls = 0;
        _worker.Handle(Task, invocation => ++calls == 1 ? throw new TaskOutcomeException(TaskOutcome.Reject()) : Return(invocation, 1), new TaskPolicy { AckEarly = true });
        _worker.Options.Concurrency = 1;
        await _worker.StartAsync();

        _broker.Deliver(WorkerFixture.Message(Task));
        _broker.Deliver(WorkerFixture.Message(Task));
        var told = await ToldAsync("task-succeeded");

        told.Select(Type).Should().NotContain("task-rejected");
    }

    [Fact]
    public async Task Expired_IsToldWithoutReceipt()
    {
        await StartAsync(_ => default);

        _broker.Deliver(WorkerFixture.Message(Task, change: sent => sent.Expires = _worker.Time.GetUtcNow()));
        var told = await ToldAsync("task-revoked");

        told.Should().ContainSingle();
        GoldenEvent.Shape(told[0]).Should().Equal(GoldenEvent.Shape(GoldenEvent.Of("task-revoked")));
        (told[0].GetProperty("expired").GetBoolean(), told[0].GetProperty("terminated").GetBoolean()).Should().Be((true, false));
    }

    [Fact]
    public async Task Revoked_IsTold()
    {
        await StartAsync(_ => default);
        var message = WorkerFixture.Message(Task);

        await _broker.RevokeAsync(message.Id);
        _broker.Deliver(message);
        var told = await ToldAsync("task-revoked");

        told.Should().ContainSingle();
        (told[0].GetProperty("expired").GetBoolean(), told[0].GetProperty("terminated").GetBoolean()).Should().Be((false, false));
    }

    [Fact]
    public async Task Terminated_IsToldWithItsSignal()
    {
        var runs = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await StartAsync(async invocation =>
        {
            runs.SetResult();
            await System.Threading.Tasks.Task.Delay(Timeout.Infinite, invocation.Context.CancellationToken);
        });
        var message = WorkerFixture.Message(Task);

        _broker.Deliver(message);
        await runs.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await _broker.RevokeAsync(message.Id, terminate: true);
        var revoked = (await ToldAsync("task-revoked"))[^1];

        (revoked.GetProperty("terminated").GetBoolean(), revoked.GetProperty("signum").GetInt32(), revoked.GetProperty("expired").GetBoolean()).Should().Be((true, 15, false));
    }

    [Fact]
    public async Task Ignore_TellsNothingAfterStarted()
    {
        _worker.Options.Concurrency = 1;
        await StartAsync(invocation => invocation.Context.Retries == 0 ? throw new TaskOutcomeException(TaskOutcome.Ignore) : Return(invocation, 1));

        var ignored = WorkerFixture.Message(Task);
        _broker.Deliver(ignored);
        _broker.Deliver(WorkerFixture.Message(Task, change: sent => sent.Retries = 1));
        var told = await ToldAsync("task-succeeded");

        told.Where(one => Text(one, "uuid") == ignored.Id).Select(Type).Should().Equal("task-received", "task-started");
    }

    [Fact]
    public async Task IgnoredResult_IsToldWithoutValue()
    {
        await StartAsync(invocation => Return(invocation, 1));

        _broker.Deliver(WorkerFixture.Message(Task, change: sent => sent.IgnoreResult = true));
        var succeeded = (await ToldAsync("task-succeeded"))[^1];

        succeeded.GetProperty("result").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Fact]
    public async Task OwnEvent_IsSentAloneWithTheTasksId()
    {
        await StartAsync(async invocation =>
        {
            await invocation.Context.SendEventAsync("task-progress", new Dictionary<string, object?> { ["current"] = 1, ["total"] = 2 });
            await Return(invocation, 1);
        });

        _broker.Deliver(WorkerFixture.Message(Task));
        var told = await ToldAsync("task-progress");

        GoldenEvent.Shape(told.Single(one => Type(one) == "task-progress")).Should().Equal(GoldenEvent.Shape(GoldenEvent.Of("task-progress")));
        _broker.Events.Should().Contain(sent => sent.RoutingKey == "task.progress");
    }

    [Theory]
    [InlineData("task-progress", "uuid")]
    [InlineData("task-progress", "timestamp")]
    [InlineData("task progress", "current")]
    public async Task OwnEvent_ThatIsNone_FailsTheCall(string type, string field)
    {
        await StartAsync(invocation => new ValueTask(invocation.Context.SendEventAsync(type, new Dictionary<string, object?> { [field] = 1 })));

        _broker.Deliver(WorkerFixture.Message(Task));

        Text((await ToldAsync("task-failed"))[^1], "exception").Should().StartWith("ArgumentException(");
    }

    [Fact]
    public async Task Worker_TellsWhenItComesLivesAndGoes()
    {
        await StartAsync(invocation => Return(invocation, 1));
        _broker.Deliver(WorkerFixture.Message(Task));

        await _worker.AdvanceUntilAsync(() => Types().Contains("worker-heartbeat"));
        await _worker.Worker.StopAsync(CancellationToken.None);

        Types().First().Should().Be("worker-online");
        Types().Last().Should().Be("worker-offline");
        foreach (var type in new[] { "worker-online", "worker-heartbeat", "worker-offline" })
        {
            var message = _broker.Events.Last(sent => sent.RoutingKey == type.Replace('-', '.'));
            GoldenEvent.Shape(GoldenEvent.Parse(message.Body).Single()).Should().Equal(GoldenEvent.Shape(GoldenEvent.Of(type)));
            message.Headers.Should().BeEquivalentTo(new Dictionary<string, object?> { ["hostname"] = "celery@tests" });
            message.IsPersistent.Should().BeFalse();
        }

        var offline = All().Last();
        (offline.GetProperty("active").GetInt32(), offline.GetProperty("processed").GetInt64(), offline.GetProperty("freq").GetDouble(), Text(offline, "sw_ident")).Should().Be((0, 1, 2.0, "celerynet"));
    }

    [Fact]
    public async Task Worker_WithoutHeartbeat_SaysNothingOfItself()
    {
        _worker.Options.HeartbeatInterval = TimeSpan.Zero;
        await StartAsync(invocation => Return(invocation, 1));

        _broker.Deliver(WorkerFixture.Message(Task));
        await ToldAsync("task-succeeded");
        await _worker.Worker.StopAsync(CancellationToken.None);

        Types().Should().OnlyContain(type => type.StartsWith("task-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TaskEvents_ByDefault_AreNotSent()
    {
        _worker.Options.SendTaskEvents = new WorkerOptions().SendTaskEvents;
        await StartAsync(invocation => Return(invocation, 1));

        _broker.Deliver(WorkerFixture.Message(Task));
        await _worker.StepsAsync(2);
        await _worker.Worker.StopAsync(CancellationToken.None);

        Types().Should().OnlyContain(type => type.StartsWith("worker-", StringComparison.Ordinal));
    }

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    private Task<WorkerFixture> StartAsync(Func<TaskInvocation, ValueTask> run) => _worker.Handle(Task, run).StartAsync();

    private static ValueTask Return(TaskInvocation invocation, object value)
    {
        invocation.Return<object?>(value, WireConverters.Any);
        return default;
    }

    // All events about tasks, once one of the given type was told.
    private async Task<List<JsonElement>> ToldAsync(string type)
    {
        await _worker.AdvanceUntilAsync(() => Types().Contains(type), TimeSpan.FromMilliseconds(20));
        return [.. All().Where(told => Type(told).StartsWith("task-", StringComparison.Ordinal))];
    }

    private IEnumerable<JsonElement> All() => _broker.Events.SelectMany(sent => GoldenEvent.Parse(sent.Body));

    private IEnumerable<string> Types() => All().Select(Type);

    private static string Type(JsonElement told) => Text(told, "type")!;

    private static string? Text(JsonElement told, string field) => told.GetProperty(field).GetString();
}
