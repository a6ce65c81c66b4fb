using CeleryNet.Results;
using Microsoft.Extensions.DependencyInjection;

namespace CeleryNet.Testing.Tests;

public sealed class TaskQueueHarnessTests
{
    private readonly Mailbox _mailbox = new();
    private readonly Order _order = new(42, ["pen", "ink"]);

    [Fact]
    public async Task Run_OfATaskWithResult_ReturnsItAndUsesTheDouble()
    {
        await using var harness = await StartAsync();

        var result = await harness.RunAsync(ShopTasks.BillTask(_order));

        result.Should().Be("2 lines");
        _mailbox.Texts.Should().Equal("bill 42");
    }

    [Fact]
    public async Task Run_OfATaskThatFails_ThrowsAndKeepsTheException()
    {
        var error = new ArgumentException("no address");
        _mailbox.OnSend = _ => throw error;
        await using var harness = await StartAsync();

        var thrown = await harness.Invoking(h => h.RunAsync(ShopTasks.BillTask(_order))).Should().ThrowAsync<RemoteTaskException>();

        (thrown.Which.Type, thrown.Which.RemoteMessage).Should().Be(("ArgumentException", "no address"));
        harness.Runs.Should().ContainSingle().Which.Exception.Should().BeSameAs(error);
    }

    [Fact]
    public async Task Run_OfATaskThatRetries_MovesTheClockByItsDelays()
    {
        _mailbox.OnSend = text => text.Contains("#2") ? Task.CompletedTask : throw new IOException("busy");
        await using var harness = await StartAsync();

        (await harness.RunAsync(ShopTasks.ChargeTask(7))).Should().Be(2);

        _mailbox.Texts.Should().Equal("charge 7 #2 at 00:10:00");
        harness.Runs.Select(run => (run.Retries, run.State)).Should().Equal((0, TaskStates.Retry), (1, TaskStates.Retry), (2, TaskStates.Success));
        harness.Sent.Should().ContainSingle("a retry is not sent by anybody");
    }

    [Fact]
    public async Task Run_OfATaskWithoutRetriesLeft_Throws()
    {
        _mailbox.OnSend = _ => throw new IOException("busy");
        await using var harness = await StartAsync();

        (await harness.Invoking(h => h.RunAsync(ShopTasks.ChargeTask(7))).Should().ThrowAsync<RemoteTaskException>()).Which.Type.Should().Be("IOException");

        harness.Runs.Count.Should().Be(4);
        harness.Time.GetUtcNow().Should().Be(VirtualTime.DefaultStart + TimeSpan.FromMinutes(15));
    }

    [Fact]
    public async Task Run_OfASnoozedTaskOfAnotherQueue_EndsIt()
    {
        await using var harness = await StartAsync();

        await harness.RunAsync(ShopTasks.PollTask());

        harness.Runs.Select(run => run.State).Should().Equal("REPUBLISHED", TaskStates.Success);
        harness.Sent.Single().Queue.Should().Be("polling");
    }

    [Fact]
    public async Task Run_WithIgnoredResult_EndsAndShowsFailures()
    {
        await using var harness = await StartAsync();
        await harness.RunAsync(ShopTasks.ForgetTask(1));
        _mailbox.OnSend = _ => throw new IOException("no");

        await harness.Invoking(h => h.RunAsync(ShopTasks.ForgetTask(2))).Should().ThrowAsync<RemoteTaskException>();

        _mailbox.Texts.Should().Equal("forget 1");
    }

    [Fact]
    public async Task Run_WhereNobodyConsumesTheQueue_SaysSo()
    {
        await using var harness = await StartAsync();

        var thrown = await harness.Invoking(h => h.RunAsync(ShopTasks.ForgetTask(1).With(o => o.Queue = "elsewhere"))).Should().ThrowAsync<TaskQueueException>();

        thrown.Which.Message.Should().Match("*'shop.forget'*nobody took it from 'elsewhere'*Queues(\"elsewhere\")*[CN9001]");
    }

    [Fact]
    public async Task Run_OfARejectedTask_SaysWhereItIs()
    {
        await using var harness = await StartAsync();

        await harness.Invoking(h => h.RunAsync(ShopTasks.RejectTask())).Should().ThrowAsync<TaskQueueException>().WithMessage("*'shop.reject'*dead letters of 'celery'*");

        (await harness.Services.GetRequiredService<IDeadLetters>().ListAsync("celery")).Single().Reason.Should().Be("no");
    }

    [Fact]
    public async Task Run_OfATaskThatExpiresFirst_Throws()
    {
        await using var harness = await StartAsync();

        await harness.Invoking(h => h.RunAsync(ShopTasks.BillTask(_order).With(o => (o.Countdown, o.Expires) = (TimeSpan.FromHours(1), TimeSpan.FromMinutes(5)))))
            .Should().ThrowAsync<TaskRevokedException>().WithMessage("*expired*");

        _mailbox.Texts.Should().BeEmpty();
        harness.Time.GetUtcNow().Should().Be(VirtualTime.DefaultStart + TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task Drain_RunsWhatTasksSendAndLeavesWhatIsNotDue()
    {
        await using var harness = await StartAsync();
        await harness.Client.EnqueueAsync(ShopTasks.OrderTask(_order));

        await harness.DrainAsync();
        var now = _mailbox.Texts;
        await harness.AdvanceAsync(TimeSpan.FromMinutes(59));
        var early = _mailbox.Texts;
        await harness.AdvanceAsync(TimeSpan.FromMinutes(1));

        now.Should().Equal("bill 42");
        early.Should().Equal("bill 42");
        _mailbox.Texts.Should().Equal("bill 42", "remind 42 at 01:00:00");
    }

    [Fact]
    public async Task Advance_OverSeveralDueMoments_RunsEachAtItsOwn()
    {
        await using var harness = await StartAsync();
        foreach (var minutes in new[] { 3, 1, 2 }) await harness.Client.EnqueueAsync(ShopTasks.RemindTask(minutes).With(o => o.Countdown = TimeSpan.FromMinutes(minutes)));

        await harness.AdvanceAsync(TimeSpan.FromMinutes(10));

        _mailbox.Texts.Should().Equal("remind 1 at 00:01:00", "remind 2 at 00:02:00", "remind 3 at 00:03:00");
        harness.Time.GetUtcNow().Should().Be(VirtualTime.DefaultStart + TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task DrainDelayed_RunsEverything()
    {
        await using var harness = await StartAsync();
        for (var i = 0; i < 200; i++) await harness.Client.EnqueueAsync(ShopTasks.RemindTask(i).With(o => o.Countdown = TimeSpan.FromSeconds(200 - i)));

        await harness.DrainDelayedAsync();

        _mailbox.Texts.Select(text => text.Split(' ')[1]).Should().Equal(Enumerable.Range(0, 200).Reverse().Select(i => $"{i}"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Drain_IsExact(int concurrency)
    {
        _mailbox.OnSend = async _ => await Task.Yield();
        await using var harness = await StartAsync(queue => queue.AddWorker(worker => worker.Concurrency = concurrency));
        for (var round = 1; round <= 100; round++)
        {
            for (var i = 0; i < 3; i++) await harness.Client.EnqueueAsync(i == 1 ? ShopTasks.EarlyTask() : ShopTasks.OrderTask(_order));

            await harness.DrainAsync();

            _mailbox.Texts.Count.Should().Be(3 * round, "in round {0}", round);
            harness.Runs.Count.Should().Be(5 * round, "in round {0}", round);
        }
    }

    [Fact]
    public async Task Drain_OfAnEarlyAcknowledgedTask_WaitsUntilItsRetryIsPublished()
    {
        await using var harness = await StartAsync();
        for (var round = 1; round <= 50; round++)
        {
            await harness.Client.EnqueueAsync(ShopTasks.EarlyAgainTask());
            await harness.DrainAsync();

            await harness.AdvanceAsync(TimeSpan.FromMinutes(1));

            _mailbox.Texts.Count.Should().Be(round);
        }
    }

    [Fact]
    public async Task Drain_OfATaskThatDoesNotEnd_SaysWhatIsOpen()
    {
        await using var harness = await TaskQueueHarness.StartAsync(Configure(null), new TaskQueueHarnessOptions { Deadline = TimeSpan.FromMilliseconds(200) });
        var handle = await harness.Client.EnqueueAsync(ShopTasks.WaitTask());
        await harness.Client.EnqueueAsync(ShopTasks.RemindTask(1));
        await harness.Client.EnqueueAsync(ShopTasks.RemindTask(2).With(o => o.Countdown = TimeSpan.FromHours(1)));

        var thrown = await harness.Invoking(h => h.DrainAsync()).Should().ThrowAsync<TaskQueueException>();

        thrown.Which.Message.Should().Match($"*running: shop.wait (id {handle.Id})*not running: shop.remind*not due before 2026-01-01T01:00:00*shop.remind*[CN9001]");
    }

    [Fact]
    public async Task TimeLimit_OfARunningTask_ComesByTheClock()
    {
        var waiting = new TaskCompletionSource();
        _mailbox.OnSend = _ => Task.FromResult(waiting.TrySetResult());
        await using var harness = await StartAsync();
        var handle = await harness.Client.EnqueueAsync(ShopTasks.WaitTask());
        await waiting.Task;

        harness.Time.Advance(TimeSpan.FromSeconds(61));
        await harness.DrainAsync();

        (await handle.WaitAsync(TimeSpan.Zero)).Error!.Type.Should().Be("SoftTimeLimitExceeded");
    }

    [Fact]
    public async Task Revoke_OfADelayedTask_HoldsWhenItIsDue()
    {
        await using var harness = await StartAsync();
        var handle = await harness.Client.EnqueueAsync(ShopTasks.RemindTask(1).With(o => o.Countdown = TimeSpan.FromHours(1)));
        await harness.DrainAsync();

        await handle.RevokeAsync();
        await harness.DrainDelayedAsync();

        (await handle.GetStateAsync()).Should().Be(TaskStates.Revoked);
        _mailbox.Texts.Should().BeEmpty();
    }

    [Fact]
    public async Task Sent_ShowsNameArgumentsAndOptions()
    {
        await using var harness = await StartAsync();
        await harness.RunAsync(ShopTasks.OrderTask(_order));

        var (order, bill, remind) = (harness.Sent[0], harness.Sent[1], harness.Sent[2]);

        harness.Sent.Select(sent => sent.Name).Should().Equal("shop.order", "shop.bill", "shop.remind");
        bill.Arg<Order>(0).Should().BeEquivalentTo(_order);
        (remind.Arg<int>(0), remind.Delay, remind.Options.Countdown, remind.Queue, remind.ParentId).Should().Be((42, TimeSpan.FromHours(1), TimeSpan.FromHours(1), "celery", order.TaskId));
        order.ParentId.Should().BeNull();
        remind.ToString().Should().Be($"shop.remind(42) {remind.TaskId}");
    }

    [Fact]
    public async Task Sent_ByNameWithKeywordsAndHeaders_ShowsThem()
    {
        await using var harness = await StartAsync();
        await harness.Client.EnqueueByNameAsync("py.resize", kwargs: new Dictionary<string, object?> { ["width"] = 128 }, configure: o => (o.Queue, o.Headers["tenant"]) = ("img", "blue"));
        await harness.DrainAsync(); // what nobody here consumes is not waited for

        var sent = harness.Sent.Single();
        harness.ClearSent();

        (sent.Arg<int>("width"), sent.Queue, sent.Headers["tenant"]).Should().Be((128, "img", "blue"));
        sent.Invoking(s => s.Arg<int>(0)).Should().Throw<ArgumentOutOfRangeException>();
        harness.Sent.Should().BeEmpty();
    }

    [Fact]
    public async Task Dispose_WhileATaskRuns_CancelsItWithoutWaitingForTheClock()
    {
        var waiting = new TaskCompletionSource();
        _mailbox.OnSend = _ => Task.FromResult(waiting.TrySetResult());
        var harness = await StartAsync();
        await harness.Client.EnqueueAsync(ShopTasks.WaitTask());
        await waiting.Task;

        await harness.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

        harness.Runs.Single().State.Should().Be("REQUEUED");
    }

    [Fact]
    public async Task Start_WithAWrongConfiguration_ThrowsAsAHostDoes() =>
        await FluentActions.Awaiting(() => StartAsync(queue => queue.DefaultQueue(new string('x', 300)))).Should().ThrowAsync<TaskQueueConfigurationException>();

    [Fact]
    public async Task Start_WithRegistrationsOfTheHost_ReplacesItsBroker()
    {
        await using var harness = await StartAsync(queue => queue.Services.AddTaskQueue(own => own.UseBroker("amqp://nowhere.invalid/").UseResults("disabled://").DefaultQueue("shop")));

        (await harness.RunAsync(ShopTasks.BillTask(_order))).Should().Be("2 lines");

        harness.Sent.Single().Queue.Should().Be("shop");
    }

    private Task<TaskQueueHarness> StartAsync(Action<TaskQueueBuilder>? more = null) => TaskQueueHarness.StartAsync(Configure(more));

    private Action<TaskQueueBuilder> Configure(Action<TaskQueueBuilder>? more) => queue =>
    {
        queue.AddTasks().UseJsonContext(ShopJson.Default).Replace<IMailer>(_mailbox);
        more?.Invoke(queue);
    };
}
