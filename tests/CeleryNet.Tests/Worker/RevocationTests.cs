using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Control;
using CeleryNet.Messages;
using CeleryNet.Tasks;

namespace CeleryNet.Tests.Worker;

/// <summary>What a worker does when tasks are revoked; the requests are the texts that Celery sends.</summary>
public sealed class RevocationTests : IAsyncDisposable
{
    private readonly PowerfulBroker _broker = new();
    private readonly WorkerFixture _fixture;
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCancelReason? _seen;

    public RevocationTests() => _fixture = new WorkerFixture { Broker = _broker }
        .Handle("work", _ => { _broker!.Note("run"); return default; })
        .Handle("slow", async invocation =>
        {
            _broker!.Note("run");
            try
            {
                await _release.Task.WaitAsync(invocation.Context.CancellationToken);
            }
            finally
            {
                _seen = invocation.Context.CancelReason;
            }
        });

    public async ValueTask DisposeAsync()
    {
        _release.TrySetResult();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Start_ListensWhereCelerySends()
    {
        await _fixture.StartAsync();

        _broker.Queues[0].Should().Be(new BroadcastQueue("celery@tests.celery.pidbox", new BroadcastExchange("celery.pidbox", "fanout", IsDurable: false)));
    }

    [Fact]
    public async Task Revoke_BeforeItIsReceived_StoresRevokedAsCeleryWritesIt()
    {
        await _fixture.StartAsync();
        var message = WorkerFixture.Message("work");

        await _broker.RevokeAsync(message.Id);
        _broker.Deliver(message);

        (await _fixture.StepsAsync(2)).Should().Equal("store REVOKED", "Acknowledge");
        _broker.Stored[0].Error.Should().BeEquivalentTo(new { Type = "TaskRevokedError", Module = "celery.exceptions", Message = "revoked" });
        _broker.Stored[0].Traceback.Should().BeNull();
    }

    [Fact]
    public async Task Revoke_WhileHeld_EndsAtOnce()
    {
        await _fixture.StartAsync();
        var held = WorkerFixture.Message("work", change: message => message.Eta = _fixture.Time.GetUtcNow() + TimeSpan.FromSeconds(9));
        _broker.Deliver(held);
        await Eventually.IsTrueAsync(() => { lock (_broker.Prefetches) return _broker.Prefetches is [.., 9]; }); // 8 and the held one

        await _broker.RevokeAsync(held.Id);

        (await _fixture.StepsAsync(2)).Should().Equal("store REVOKED", "Acknowledge");
        _broker.Stored[0].TaskId.Should().Be(held.Id);
    }

    [Fact]
    public async Task Revoke_WhileItWaitsForASlot_DoesNotRun()
    {
        _fixture.Options.Concurrency = 1;
        await _fixture.StartAsync();
        _broker.Deliver(WorkerFixture.Message("slow"));
        (await _broker.NextAsync()).Should().Be("run");
        var waiting = WorkerFixture.Message("work");
        _broker.Deliver(waiting);
        _broker.Deliver(WorkerFixture.Message("work", change: message => message.Expires = _fixture.Time.GetUtcNow())); // taken in one after the other: when this one has ended, the other one waits
        (await _fixture.StepsAsync(2)).Should().Equal("store REVOKED", "Acknowledge");

        await _broker.RevokeAsync(waiting.Id);
        _release.SetResult();

        (await _fixture.StepsAsync(4)).Should().Equal("store SUCCESS", "Acknowledge", "store REVOKED", "Acknowledge");
    }

    [Fact]
    public async Task Revoke_WithoutTerminate_LetsARunningTaskGoOn()
    {
        await _fixture.StartAsync();
        var running = await RunAsync();

        await _broker.RevokeAsync(running.Id);
        _release.SetResult();

        (await _fixture.StepsAsync(2)).Should().Equal("store SUCCESS", "Acknowledge");
        _seen.Should().Be(TaskCancelReason.None);
    }

    [Fact]
    public async Task Revoke_WithTerminate_CancelsARunningTaskWhichIsRevokedThen()
    {
        await _fixture.StartAsync();
        var running = await RunAsync();

        await _broker.RevokeAsync(running.Id, terminate: true);

        (await _fixture.StepsAsync(2)).Should().Equal("store REVOKED", "Acknowledge");
        _seen.Should().Be(TaskCancelReason.Revoked);
        _broker.Stored[0].Error.Should().BeEquivalentTo(new { Type = "TaskRevokedError", Module = "celery.exceptions", Message = "terminated" });
    }

    [Fact]
    public async Task Terminate_IsRevokeWithTerminate()
    {
        await _fixture.StartAsync();
        var running = await RunAsync();

        await _broker.ControlAsync($$$"""{"method": "terminate", "arguments": {"task_id": ["{{{running.Id}}}"], "signal": "SIGKILL"}, "destination": ["celery@tests"]}""");

        (await _fixture.StepsAsync(2)).Should().Equal("store REVOKED", "Acknowledge");
    }

    [Fact]
    public async Task Terminate_OfOneTask_LeavesATaskAloneThatWasRevokedWithoutIt()
    {
        await _fixture.StartAsync();
        var first = await RunAsync();
        var second = await RunAsync();

        await _broker.RevokeAsync(first.Id);
        await _broker.RevokeAsync(second.Id, terminate: true);

        (await _fixture.StepsAsync(2)).Should().Equal("store REVOKED", "Acknowledge");
        _broker.Stored[0].TaskId.Should().Be(second.Id);
        _release.SetResult();
        (await _fixture.StepsAsync(2)).Should().Equal("store SUCCESS", "Acknowledge");
    }

    [Theory]
    [InlineData("""{"tenant": "acme"}""")]
    [InlineData("""{"tenant": ["other", "acme"]}""")]
    [InlineData("""["tenant=acme"]""")]
    public async Task RevokeByStamp_TasksWithTheValue_AreRevoked(string headers)
    {
        await _fixture.StartAsync();

        await _broker.ControlAsync($$$"""{"method": "revoke_by_stamped_headers", "arguments": {"headers": {{{headers}}}, "terminate": false, "signal": "SIGTERM"}}""");
        _broker.Deliver(Stamped("acme"));
        _broker.Deliver(Stamped("someone"));
        _broker.Deliver(Stamped(new List<object?> { "x", "acme" }));

        var steps = await _fixture.StepsAsync(7);
        steps.Count(step => step == "store REVOKED").Should().Be(2);
        steps.Count(step => step == "run").Should().Be(1);
    }

    [Fact]
    public async Task RevokeByStamp_WithTerminate_CancelsRunningTasksWithTheValue()
    {
        await _fixture.StartAsync();
        await RunAsync(message => (message.StampedHeaders, message.Stamps) = (["tenant"], new Dictionary<string, object?> { ["tenant"] = 7L }));

        await _broker.ControlAsync("""{"method": "revoke_by_stamped_headers", "arguments": {"headers": {"tenant": [7]}, "terminate": true}}""");

        (await _fixture.StepsAsync(2)).Should().Equal("store REVOKED", "Acknowledge");
    }

    [Fact]
    public async Task Start_WithStoredRevocations_KnowsThem()
    {
        var message = WorkerFixture.Message("work");
        _broker.Kept.Add((Revocation.OfTask(message.Id!), TimeSpan.FromMinutes(5)));
        _broker.Kept.Add((new Revocation("tenant", "acme"), TimeSpan.FromMinutes(5)));
        await _fixture.StartAsync();

        _broker.Deliver(message);
        (await _fixture.StepsAsync(2)).Should().Equal("store REVOKED", "Acknowledge");
        _broker.Deliver(Stamped("acme"));
        (await _fixture.StepsAsync(2)).Should().Equal("store REVOKED", "Acknowledge");
        _fixture.Time.Advance(TimeSpan.FromMinutes(6));
        _broker.Deliver(Stamped("acme"));
        (await _fixture.Broker.NextAsync()).Should().Be("run");
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("""{"arguments": {}}""")]
    [InlineData("""{"method": 5}""")]
    [InlineData("""{"method": "nosuch", "arguments": {}}""")]
    [InlineData("""{"method": "revoke"}""")]
    [InlineData("""{"method": "revoke", "arguments": {"task_id": {"a": 1}}}""")]
    [InlineData("""{"method": "revoke", "arguments": {"task_id": null}}""")]
    [InlineData("""{"method": "revoke", "arguments": []}""")]
    [InlineData("""{"method": "revoke", "arguments": {"task_id": "x"}, "destination": "celery@tests"}""")]
    [InlineData("""{"method": "revoke", "arguments": {"task_id": "x"}, "pattern": "(", "matcher": "pcre"}""")]
    [InlineData("""{"method": "revoke", "arguments": {"task_id": "x"}, "pattern": "a", "matcher": "soundex"}""")]
    [InlineData("""{"method": "revoke_by_stamped_headers", "arguments": {"headers": ["nothing"]}}""")]
    [InlineData("""{"method": "revoke", "arguments": {"task_id": "\ud800"}}""")]
    [InlineData("""{"method": "revoke_by_stamped_headers", "arguments": {"headers": {"\ud800": "x"}}}""")]
    public async Task Control_RequestThatDoesNotFit_IsLeftOutAndTheNextOneWorks(string json)
    {
        await _fixture.StartAsync();
        var message = WorkerFixture.Message("work");

        await _broker.ControlAsync(json);
        await _broker.RevokeAsync(message.Id);
        _broker.Deliver(message);

        (await _fixture.StepsAsync(2)).Should().Equal("store REVOKED", "Acknowledge");
        _fixture.Logger.Lines.Should().NotContain(line => line.Id == 6003, "nothing of it is a fault of the worker");
    }

    [Fact]
    public async Task Control_RequestBeyondTheLimit_IsLeftOut()
    {
        await _fixture.StartAsync();
        var body = new byte[(16 * 1024 * 1024) + 1];

        await _broker.BroadcastAsync(new Broadcast { Exchange = new BroadcastExchange("celery.pidbox", "fanout", false), Body = body }, CancellationToken.None);

        _fixture.Logger.Of(6002).Should().ContainSingle().Which.Should().Contain("MaxBodyBytes");
    }

    [Theory]
    [InlineData("""["celery@tests"]""", "null", "null", true)]
    [InlineData("""["celery@other"]""", "null", "null", false)]
    [InlineData("null", "\"celery@t*\"", "null", true)]
    [InlineData("null", "\"x*\"", "\"glob\"", false)]
    [InlineData("null", "\"celery@\"", "\"pcre\"", true)]
    public async Task Control_RequestForOthers_IsLeftAlone(string destination, string pattern, string matcher, bool isMeant)
    {
        await _fixture.StartAsync();
        var message = WorkerFixture.Message("work");

        await _broker.ControlAsync($$$"""{"method": "revoke", "arguments": {"task_id": "{{{message.Id}}}"}, "destination": {{{destination}}}, "pattern": {{{pattern}}}, "matcher": {{{matcher}}}}""");
        _broker.Deliver(message);

        (await _broker.NextAsync()).Should().Be(isMeant ? "store REVOKED" : "run");
    }

    [Fact]
    public async Task Start_LimitBeyondTheBrokersDeadline_WarnsOncePerTask()
    {
        await using var fixture = new WorkerFixture { Broker = new PowerfulBroker { LongestUnsettled = TimeSpan.FromMinutes(30) } };
        await fixture.Handle("long", _ => default, new TaskPolicy { TimeLimit = TimeSpan.FromHours(1) })
            .Handle("short", _ => default, new TaskPolicy { TimeLimit = TimeSpan.FromMinutes(30) })
            .Handle("none", _ => default).StartAsync();

        fixture.Logger.Of(2040).Should().ContainSingle().Which.Should().Contain("long").And.Contain("3600").And.Contain("1800");
    }

    private async Task<TaskMessage> RunAsync(Action<TaskMessage>? change = null)
    {
        var message = WorkerFixture.Message("slow", change: change);
        _broker.Deliver(message);
        (await _broker.NextAsync()).Should().Be("run");
        return message;
    }

    private static TaskMessage Stamped(object value) => WorkerFixture.Message("work", change: message =>
        (message.StampedHeaders, message.Stamps) = (["tenant"], new Dictionary<string, object?> { ["tenant"] = value }));
}
