using System.Text;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.Tests.Worker;

public sealed class TaskWorkerTests
{
    [Fact]
    public async Task Run_TaskThatReturns_StoresTheResultBeforeItAcknowledges()
    {
        await using var fixture = await new WorkerFixture().Handle("math.three", Three).StartAsync();

        var delivery = fixture.Broker.Deliver(WorkerFixture.Message("math.three"));

        (await fixture.Broker.NextAsync()).Should().Be("store SUCCESS");
        (await fixture.Broker.NextAsync()).Should().Be("Acknowledge");
        var stored = fixture.Broker.Stored.Should().ContainSingle().Subject;
        stored.TaskId.Should().Be(delivery.Message.Id);
        Encoding.UTF8.GetString(stored.Value.Span).Should().Be("3");
        stored.DateDone.Should().Be(fixture.Time.GetUtcNow());
    }

    [Fact]
    public async Task Run_TaskThatThrows_StoresTypeMessageAndTraceback()
    {
        await using var fixture = await new WorkerFixture().Handle("fails", _ => throw new InvalidOperationException("no \"way\"\n")).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message("fails"));

        (await fixture.Broker.NextAsync()).Should().Be("store FAILURE");
        (await fixture.Broker.NextAsync()).Should().Be("Acknowledge");
        var error = fixture.Broker.Stored[0].Error!;
        (error.Type, error.Module, error.Message).Should().Be(("InvalidOperationException", "System", "no \"way\"\n"));
        fixture.Broker.Stored[0].Traceback.Should().Contain(nameof(TaskWorkerTests));
    }

    [Fact]
    public async Task Run_TaskThatThrows_LeavesTheSlotForTheNext()
    {
        var fixture = new WorkerFixture { Options = { Concurrency = 1 } };
        await using var started = await fixture.Handle("fails", _ => throw new InvalidOperationException("no")).Handle("math.three", Three).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message("fails"));
        fixture.Broker.Deliver(WorkerFixture.Message("math.three"));

        (await StepsAsync(fixture, 4)).Should().Equal("store FAILURE", "Acknowledge", "store SUCCESS", "Acknowledge");
    }

    [Fact]
    public async Task Run_UnknownTask_StoresNotRegisteredAndKeepsIt()
    {
        await using var fixture = await new WorkerFixture().StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message("who.knows"));

        (await StepsAsync(fixture, 3)).Should().Equal("store FAILURE", "publish celery.dead", "Acknowledge");
        var error = fixture.Broker.Stored[0].Error!;
        (error.Type, error.Module, error.Message).Should().Be(("NotRegistered", "celery.exceptions", "who.knows"));
    }

    [Fact]
    public async Task Run_MalformedMessageWithId_StoresTheReasonAndKeepsIt()
    {
        await using var fixture = await new WorkerFixture().StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message("any", change: message => message.Body = "[[], {}]"u8.ToArray()));

        (await StepsAsync(fixture, 3)).Should().Equal("store FAILURE", "publish celery.dead", "Acknowledge");
        fixture.Broker.Stored[0].Error!.Message.Should().Contain("2 parts");
    }

    [Fact]
    public async Task Run_MalformedMessageWithoutId_IsKeptAndTheNextOneRuns()
    {
        await using var fixture = await new WorkerFixture().Handle("math.three", Three).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message("math.three", change: message => message.Id = null));
        fixture.Broker.Deliver(WorkerFixture.Message("math.three"));

        (await StepsAsync(fixture, 4)).Should().Equal("publish celery.dead", "Acknowledge", "store SUCCESS", "Acknowledge");
    }

    [Fact]
    public async Task Run_TaskWithChain_IsRefusedRatherThanCutShort()
    {
        await using var fixture = await new WorkerFixture().Handle("math.three", Three).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message("math.three", change: message => message.Body = """[[], {}, {"chain": [{"task": "math.three"}]}]"""u8.ToArray()));

        (await StepsAsync(fixture, 3)).Should().Equal("store FAILURE", "publish celery.dead", "Acknowledge");
        fixture.Broker.Stored[0].Error!.Message.Should().Contain("chain");
    }

    [Fact]
    public async Task Run_WrongArguments_FailsWithTypeError()
    {
        await using var fixture = await new WorkerFixture().Handle("math.three", Three).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message("math.three", "[1, 2]"));

        (await StepsAsync(fixture, 2)).Should().Equal("store FAILURE", "Acknowledge");
        var error = fixture.Broker.Stored[0].Error!;
        (error.Type, error.Module).Should().Be(("TypeError", "builtins"));
        error.Message.Should().Be("Three() takes 0 positional arguments but 2 were given");
    }

    [Fact]
    public async Task Run_ExpiredTask_StoresRevokedAndDoesNotRun()
    {
        var ran = false;
        var fixture = new WorkerFixture();
        await using var started = await fixture.Handle("late", _ => { ran = true; return default; }).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message("late", change: message => message.Expires = fixture.Time.GetUtcNow() - TimeSpan.FromSeconds(1)));

        (await StepsAsync(fixture, 2)).Should().Equal("store REVOKED", "Acknowledge");
        ran.Should().BeFalse();
        fixture.Broker.Stored[0].Error.Should().BeEquivalentTo(new { Type = "TaskRevokedError", Module = "celery.exceptions", Message = "expired" });
    }

    [Fact]
    public async Task Run_TaskWithEta_WaitsForItWhileOthersRun()
    {
        var fixture = new WorkerFixture();
        await using var started = await fixture.Handle("math.three", Three).StartAsync();
        var later = fixture.Broker.Deliver(WorkerFixture.Message("math.three", change: message => message.Eta = fixture.Time.GetUtcNow() + TimeSpan.FromMinutes(5)));
        var now = fixture.Broker.Deliver(WorkerFixture.Message("math.three"));

        (await StepsAsync(fixture, 2)).Should().Equal("store SUCCESS", "Acknowledge");
        fixture.Broker.Stored[0].TaskId.Should().Be(now.Message.Id);
        await AdvanceUntilAsync(fixture, () => fixture.Broker.HasMore);

        (await StepsAsync(fixture, 2)).Should().Equal("store SUCCESS", "Acknowledge");
        fixture.Broker.Stored[1].TaskId.Should().Be(later.Message.Id);
        fixture.Time.GetUtcNow().Should().BeOnOrAfter(later.Message.Eta!.Value);
    }

    [Fact]
    public async Task Run_WhenTheStoreIsDown_WaitsAndDoesNotAcknowledgeWithoutResult()
    {
        var fixture = new WorkerFixture { Broker = new RecordingBroker { FailingStores = 2 } };
        await using var started = await fixture.Handle("math.three", Three).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message("math.three"));

        (await fixture.Broker.NextAsync()).Should().Be("store failed");
        await AdvanceUntilAsync(fixture, () => fixture.Broker.HasMore);
        (await fixture.Broker.NextAsync()).Should().Be("store failed");
        await AdvanceUntilAsync(fixture, () => fixture.Broker.HasMore);
        (await StepsAsync(fixture, 2)).Should().Equal("store SUCCESS", "Acknowledge");
    }

    [Fact]
    public async Task Run_StoreThatTakesItsTime_LeavesTheSlotForTheNext()
    {
        var gate = new TaskCompletionSource();
        var fixture = new WorkerFixture { Options = { Concurrency = 1 }, Broker = new RecordingBroker { StoreGate = gate } };
        await using var started = await fixture.Handle("noted", _ => { fixture.Broker.Note("run"); return default; }).StartAsync();

        for (var i = 0; i < 3; i++) fixture.Broker.Deliver(WorkerFixture.Message("noted"));

        (await StepsAsync(fixture, 3)).Should().Equal("run", "run", "run");
        fixture.Broker.HasMore.Should().BeFalse("nothing is acknowledged before its result is stored");
        gate.SetResult();
        (await StepsAsync(fixture, 6)).Should().BeEquivalentTo(Enumerable.Repeat("store SUCCESS", 3).Concat(Enumerable.Repeat("Acknowledge", 3)));
    }

    [Fact]
    public async Task Run_LongTaskAndStoreThatTakesItsTime_EndsItBeforeTheNextBegins()
    {
        var gate = new TaskCompletionSource();
        var fixture = new WorkerFixture { Options = { Concurrency = 1 }, Broker = new RecordingBroker { StoreGate = gate } };
        await using var started = await fixture.Handle("long", _ =>
        {
            fixture.Broker.Note("run");
            fixture.Time.Advance(TimeSpan.FromMilliseconds(50));
            return default;
        }).StartAsync();

        for (var i = 0; i < 2; i++) fixture.Broker.Deliver(WorkerFixture.Message("long"));
        (await fixture.Broker.NextAsync()).Should().Be("run");
        gate.SetResult();

        (await StepsAsync(fixture, 5)).Should().Equal("store SUCCESS", "Acknowledge", "run", "store SUCCESS", "Acknowledge");
    }

    [Fact]
    public async Task Run_WhenTheStoreIsDownAndNoPlaceIsLeft_HoldsTheSlot()
    {
        var fixture = new WorkerFixture { Options = { Concurrency = 1, MaxUnstoredTasks = 0 }, Broker = new RecordingBroker { FailingStores = 1 } };
        await using var started = await fixture.Handle("noted", _ => { fixture.Broker.Note("run"); return default; }).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message("noted"));
        fixture.Broker.Deliver(WorkerFixture.Message("noted"));

        (await StepsAsync(fixture, 2)).Should().Equal("run", "store failed");
        await AdvanceUntilAsync(fixture, () => fixture.Broker.HasMore);
        (await StepsAsync(fixture, 5)).Should().Equal("store SUCCESS", "Acknowledge", "run", "store SUCCESS", "Acknowledge");
    }

    [Fact]
    public async Task Stop_WithResultOnItsWay_WaitsForIt()
    {
        var gate = new TaskCompletionSource();
        var fixture = new WorkerFixture { Broker = new RecordingBroker { StoreGate = gate } };
        await using var started = await fixture.Handle("noted", _ => { fixture.Broker.Note("run"); return default; }).StartAsync();
        fixture.Broker.Deliver(WorkerFixture.Message("noted"));
        (await fixture.Broker.NextAsync()).Should().Be("run");

        var stop = fixture.Worker.StopAsync(CancellationToken.None);

        stop.IsCompleted.Should().BeFalse();
        gate.SetResult();
        (await StepsAsync(fixture, 3)).Should().Equal("store SUCCESS", "Acknowledge", "disposed");
        await stop;
    }

    [Fact]
    public async Task Stop_WithoutTimeLeft_GivesBackWhatIsNotStored()
    {
        var fixture = new WorkerFixture { Broker = new RecordingBroker { StoreGate = new TaskCompletionSource() } };
        fixture.Options.CancelTimeout = TimeSpan.Zero;
        await using var started = await fixture.Handle("noted", _ => { fixture.Broker.Note("run"); return default; }).StartAsync();
        fixture.Broker.Deliver(WorkerFixture.Message("noted"));
        (await fixture.Broker.NextAsync()).Should().Be("run");

        await fixture.Worker.StopAsync(hurry: new CancellationToken(canceled: true));

        (await StepsAsync(fixture, 2)).Should().Equal("Requeue", "disposed");
    }

    [Fact]
    public async Task Run_StaleDelivery_DoesNotStart()
    {
        var runs = 0;
        await using var fixture = await new WorkerFixture().Handle("count", _ => { runs++; return default; }).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message("count"), isStale: true);
        fixture.Broker.Deliver(WorkerFixture.Message("count"));

        (await StepsAsync(fixture, 2)).Should().Equal("store SUCCESS", "Acknowledge");
        runs.Should().Be(1);
    }

    [Fact]
    public async Task Run_AckEarly_AcknowledgesBeforeItRuns()
    {
        var fixture = new WorkerFixture();
        await using var started = await fixture.Handle("once", _ => { fixture.Broker.Note("run"); return default; }, new TaskPolicy { AckEarly = true }).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message("once"));

        (await StepsAsync(fixture, 3)).Should().Equal("Acknowledge", "run", "store SUCCESS");
    }

    [Fact]
    public async Task Run_TrackStarted_StoresStartedFirst()
    {
        await using var fixture = await new WorkerFixture().Handle("math.three", Three, new TaskPolicy { TrackStarted = true }).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message("math.three"));

        (await StepsAsync(fixture, 3)).Should().Equal("store STARTED", "store SUCCESS", "Acknowledge");
        Encoding.UTF8.GetString(fixture.Broker.Stored[0].Value.Span).Should().Be($$"""{"pid":{{Environment.ProcessId}},"hostname":"celery@tests"}""");
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Run_WhenTheResultIsIgnored_StoresNothing(bool byMessage, bool byTask)
    {
        await using var fixture = await new WorkerFixture().Handle("math.three", Three, new TaskPolicy { IgnoreResult = byTask }).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message("math.three", change: message => message.IgnoreResult = byMessage));

        (await fixture.Broker.NextAsync()).Should().Be("Acknowledge");
        fixture.Broker.Stored.Should().BeEmpty();
    }

    [Fact]
    public async Task Stop_WithRunningTask_LetsItEndAndGivesBackTheRest()
    {
        var release = new TaskCompletionSource();
        var fixture = new WorkerFixture { Options = { Concurrency = 1 } };
        await using var started = await fixture.Handle("slow", async _ => { fixture.Broker.Note("run"); await release.Task; }).StartAsync();
        fixture.Broker.Deliver(WorkerFixture.Message("slow"));
        (await fixture.Broker.NextAsync()).Should().Be("run");
        fixture.Broker.Deliver(WorkerFixture.Message("slow"));
        fixture.Broker.Deliver(WorkerFixture.Message("slow", change: message => message.Eta = fixture.Time.GetUtcNow() + TimeSpan.FromHours(1)));
        await HeldAsync(fixture);

        var stop = fixture.Worker.StopAsync(CancellationToken.None);

        (await StepsAsync(fixture, 2)).Should().Equal("Requeue", "Requeue");
        stop.IsCompleted.Should().BeFalse();
        release.SetResult();
        (await StepsAsync(fixture, 3)).Should().Equal("store SUCCESS", "Acknowledge", "disposed");
        await stop;
    }

    [Fact]
    public async Task Stop_WhenThereIsNoTimeLeft_CancelsWhatRunsAndGivesItBack()
    {
        TaskCancelReason? seen = null;
        var fixture = new WorkerFixture();
        await using var started = await fixture.Handle("endless", async invocation =>
        {
            fixture.Broker.Note("run");
            try
            {
                await Task.Delay(Timeout.Infinite, invocation.Context.CancellationToken);
            }
            finally
            {
                seen = invocation.Context.CancelReason;
            }
        }).StartAsync();
        fixture.Broker.Deliver(WorkerFixture.Message("endless"));
        (await fixture.Broker.NextAsync()).Should().Be("run");

        var stop = fixture.Worker.StopAsync(hurry: new CancellationToken(canceled: true));

        (await StepsAsync(fixture, 2)).Should().Equal("Requeue", "disposed");
        await stop;
        seen.Should().Be(TaskCancelReason.Shutdown);
        fixture.Broker.Stored.Should().BeEmpty();
    }

    [Fact]
    public async Task Start_BurstOfShortTasks_HoldsMoreAndLessAgainWhenIdle()
    {
        var fixture = new WorkerFixture();
        await using var started = await fixture.Handle("math.three", Three).StartAsync();

        for (var i = 0; i < 200; i++) fixture.Broker.Deliver(WorkerFixture.Message("math.three"));
        await StepsAsync(fixture, 400);
        await AdvanceUntilAsync(fixture, () => { lock (fixture.Broker.Prefetches) return fixture.Broker.Prefetches is [.., 8] and { Count: > 1 }; });

        fixture.Broker.Prefetches.Max().Should().BeGreaterThan(8, "the clock stands still, so these tasks are as short as can be");
    }

    private static ValueTask Three(TaskInvocation invocation)
    {
        var arguments = invocation.Arguments(new ParameterList("Three", 0));
        while (arguments.Read()) { }
        invocation.Return(3, WireConverters.Int32);
        return default;
    }

    private static async Task<List<string>> StepsAsync(WorkerFixture fixture, int count)
    {
        var steps = new List<string>();
        while (steps.Count < count) steps.Add(await fixture.Broker.NextAsync());
        return steps;
    }

    // Timers are made by other threads, so one step of the fake clock may come before its timer: it is moved until the effect shows.
    private static async Task AdvanceUntilAsync(WorkerFixture fixture, Func<bool> reached)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!reached())
        {
            deadline.Token.ThrowIfCancellationRequested();
            fixture.Time.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }
    }

    // Intake is one loop, so once the held task shows in the prefetch, everything delivered before it is taken in too.
    private static async Task HeldAsync(WorkerFixture fixture)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (true)
        {
            lock (fixture.Broker.Prefetches)
                if (fixture.Broker.Prefetches.Count > 0) return;
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
