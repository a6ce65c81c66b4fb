using System.Text;
using CeleryNet.Messages;
using CeleryNet.Tasks;
using CeleryNet.Worker;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Tests.Worker;

public sealed class TimeLimitTests : IAsyncDisposable
{
    private readonly WorkerFixture _fixture = new();
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask DisposeAsync()
    {
        _release.TrySetResult();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Soft_TaskThatEndsByItsToken_FailsAsCeleryWritesIt()
    {
        TaskCancelReason? seen = null;
        await _fixture.Handle("soft", async invocation =>
        {
            _fixture.Broker.Note("run");
            try
            {
                await Task.Delay(Timeout.Infinite, invocation.Context.CancellationToken);
            }
            finally
            {
                seen = invocation.Context.CancelReason;
            }
        }, new TaskPolicy { SoftTimeLimit = TimeSpan.FromSeconds(5) }).StartAsync();

        await DeliverAsync("soft");
        await AdvanceUntilNextAsync();

        (await _fixture.StepsAsync(2)).Should().Equal("store FAILURE", "Acknowledge");
        seen.Should().Be(TaskCancelReason.TimeLimit);
        var stored = _fixture.Broker.Stored[0];
        (stored.Error!.Type, stored.Error.Module, Arguments(stored.Error)).Should().Be(("SoftTimeLimitExceeded", "billiard.exceptions", "[]"));
        stored.Traceback.Should().Contain(nameof(TimeLimitTests));
    }

    [Fact]
    public async Task Soft_BeforeTheLimit_LeavesTheTokenAlone()
    {
        CancellationToken token = default;
        await _fixture.Handle("soft", async invocation => { token = invocation.Context.CancellationToken; _fixture.Broker.Note("run"); await _release.Task; }, Soft(5)).StartAsync();
        await DeliverAsync("soft");

        _fixture.Time.Advance(TimeSpan.FromSeconds(4.9));

        token.IsCancellationRequested.Should().BeFalse();
    }

    [Fact]
    public async Task Soft_TaskThatEndsNormallyAfterIt_Succeeds()
    {
        await _fixture.Handle("soft", async invocation =>
        {
            _fixture.Broker.Note("run");
            await Task.Delay(Timeout.Infinite, invocation.Context.CancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
        }, Soft(5)).StartAsync();

        await DeliverAsync("soft");
        await AdvanceUntilNextAsync();

        (await _fixture.StepsAsync(2)).Should().Equal("store SUCCESS", "Acknowledge");
    }

    [Fact]
    public async Task Soft_TaskWithRetries_IsRetried()
    {
        await _fixture.Handle("soft", async invocation =>
        {
            _fixture.Broker.Note("run");
            await Task.Delay(Timeout.Infinite, invocation.Context.CancellationToken);
        }, new TaskPolicy { SoftTimeLimit = TimeSpan.FromSeconds(5), MaxRetries = 1 }).StartAsync();

        await DeliverAsync("soft");
        await AdvanceUntilNextAsync();

        (await _fixture.StepsAsync(3)).Should().Equal("store RETRY", "publish celery", "Acknowledge");
        _fixture.Broker.Stored[0].Error!.Type.Should().Be("SoftTimeLimitExceeded");
    }

    [Fact]
    public async Task Hard_TaskThatIgnoresItsToken_FailsAtOnceAndItsSlotIsReplaced()
    {
        _fixture.Options.Concurrency = 1;
        await _fixture.Handle("stuck", async _ => { _fixture.Broker.Note("run"); await _release.Task; }, Hard(3))
            .Handle("next", _ => { _fixture.Broker.Note("next"); return default; }).StartAsync();
        await DeliverAsync("stuck");

        _fixture.Broker.Deliver(WorkerFixture.Message("next"));
        await AdvanceUntilNextAsync();

        (await _fixture.StepsAsync(5)).Should().BeEquivalentTo("store FAILURE", "Acknowledge", "next", "store SUCCESS", "Acknowledge");
        var stored = _fixture.Broker.Stored.Single(result => result.State == "FAILURE");
        (stored.Error!.Type, stored.Error.Module, Arguments(stored.Error), stored.Traceback).Should().Be(("TimeLimitExceeded", "billiard.exceptions", "[3]", null));
        _fixture.Logger.Of(2030).Should().ContainSingle().Which.Should().Contain("stuck");
    }

    [Fact]
    public async Task Hard_TaskThatBlocksItsThread_FailsAtOnceAndItsSlotIsReplaced()
    {
        using var blocked = new ManualResetEventSlim();
        _fixture.Options.Concurrency = 1;
        await _fixture.Handle("blocked", _ => { _fixture.Broker.Note("run"); blocked.Wait(TimeSpan.FromSeconds(30)); return default; }, Hard(3))
            .Handle("next", _ => { _fixture.Broker.Note("next"); return default; }).StartAsync();
        await DeliverAsync("blocked");

        _fixture.Broker.Deliver(WorkerFixture.Message("next"));
        await AdvanceUntilNextAsync();
        var steps = await _fixture.StepsAsync(5);
        blocked.Set();

        steps.Should().BeEquivalentTo("store FAILURE", "Acknowledge", "next", "store SUCCESS", "Acknowledge");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Hard_WhatTheRunawayEndsWith_IsDropped(bool fails)
    {
        _fixture.Options.Concurrency = 1;
        await _fixture.Handle("stuck", async _ =>
        {
            _fixture.Broker.Note("run");
            await _release.Task;
            if (fails) throw new InvalidOperationException("too late");
        }, Hard(3)).Handle("next", _ => default).StartAsync();
        await DeliverAsync("stuck");
        await AdvanceUntilNextAsync();
        (await _fixture.StepsAsync(2)).Should().Equal("store FAILURE", "Acknowledge");

        _release.SetResult();
        await Contracts.Eventually.IsTrueAsync(() => _fixture.Logger.Of(2031).Count == 1);
        _fixture.Broker.Deliver(WorkerFixture.Message("next"));

        (await _fixture.StepsAsync(2)).Should().Equal("store SUCCESS", "Acknowledge");
        _fixture.Broker.Stored.Should().HaveCount(2);
    }

    [Fact]
    public async Task Hard_Runaway_IsAskedToEnd()
    {
        var reason = new TaskCompletionSource<TaskCancelReason>();
        await _fixture.Handle("stuck", async invocation =>
        {
            using var registration = invocation.Context.CancellationToken.Register(() => reason.TrySetResult(invocation.Context.CancelReason));
            _fixture.Broker.Note("run");
            await _release.Task;
        }, Hard(3)).StartAsync();
        await DeliverAsync("stuck");

        await AdvanceUntilNextAsync();

        (await reason.Task.WaitAsync(TimeSpan.FromSeconds(10))).Should().Be(TaskCancelReason.TimeLimit);
    }

    [Fact]
    public async Task Hard_CallbackThatThrows_DoesNoHarm()
    {
        await _fixture.Handle("stuck", async invocation =>
        {
            using var registration = invocation.Context.CancellationToken.Register(() => throw new InvalidOperationException("callback"));
            _fixture.Broker.Note("run");
            await _release.Task;
        }, Hard(3)).StartAsync();
        await DeliverAsync("stuck");
        await AdvanceUntilNextAsync();
        (await _fixture.StepsAsync(2)).Should().Equal("store FAILURE", "Acknowledge");

        _release.SetResult();

        await Contracts.Eventually.IsTrueAsync(() => _fixture.Logger.Of(2035).Count == 1);
    }

    [Fact]
    public async Task Hard_TaskThatEndedBefore_IsNotTouched()
    {
        await _fixture.Handle("quick", _ => { _fixture.Broker.Note("run"); return default; }, Hard(3)).StartAsync();

        await DeliverAsync("quick");
        (await _fixture.StepsAsync(2)).Should().Equal("store SUCCESS", "Acknowledge");
        _fixture.Time.Advance(TimeSpan.FromMinutes(1));
        await DeliverAsync("quick");

        (await _fixture.StepsAsync(2)).Should().Equal("store SUCCESS", "Acknowledge");
    }

    [Fact]
    public async Task Hard_TaskThatWantsDeadLetters_IsKept()
    {
        await _fixture.Handle("stuck", async _ => { _fixture.Broker.Note("run"); await _release.Task; }, Hard(3) with { DeadLetterFailures = true }).StartAsync();

        await DeliverAsync("stuck");
        await AdvanceUntilNextAsync();

        (await _fixture.StepsAsync(3)).Should().Equal("store FAILURE", "publish celery.dead", "Acknowledge");
    }

    [Fact]
    public async Task Stop_WithRunaway_DoesNotWaitForIt()
    {
        await _fixture.Handle("stuck", async _ => { _fixture.Broker.Note("run"); await _release.Task; }, Hard(3)).StartAsync();
        await DeliverAsync("stuck");
        await AdvanceUntilNextAsync();
        (await _fixture.StepsAsync(2)).Should().Equal("store FAILURE", "Acknowledge");

        await _fixture.Worker.StopAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));

        (await _fixture.Broker.NextAsync()).Should().Be("disposed");
    }

    [Fact]
    public void Header_IsStrongerThanWhatWasSet_WhichIsStrongerThanThePolicy()
    {
        var table = new TimeLimitTable();
        var policy = new TaskPolicy { TimeLimit = TimeSpan.FromSeconds(30), SoftTimeLimit = TimeSpan.FromSeconds(20) };
        var message = new TaskMessage { TaskName = "t" };
        TimeLimits.Of(message, policy, table).Should().Be(Of(30, 20));

        table.Set("t", Of(10, null));
        TimeLimits.Of(message, policy, table).Should().Be(Of(10, null));
        TimeLimits.Of(new TaskMessage { TaskName = "other" }, policy, table).Should().Be(Of(30, 20));

        message.SoftTimeLimit = TimeSpan.FromSeconds(5);
        TimeLimits.Of(message, policy, table).Should().Be(Of(10, 5));
    }

    [Theory]
    [InlineData(10.0, 20.0, 10.0, null)]
    [InlineData(10.0, 10.0, 10.0, null)]
    [InlineData(0.0, 5.0, null, 5.0)]
    [InlineData(0.0, 0.0, null, null)]
    [InlineData(null, 7.0, null, 7.0)]
    public void Header_LimitsThatContradict_TheHardOneRules(double? hard, double? soft, double? expectedHard, double? expectedSoft)
    {
        var message = new TaskMessage { TaskName = "t", TimeLimit = Seconds(hard), SoftTimeLimit = Seconds(soft) };

        TimeLimits.Of(message, TaskPolicy.None, new TimeLimitTable()).Should().Be(Of(expectedHard, expectedSoft));
    }

    [Fact]
    public async Task Header_LongestLimitAMessageCanHave_RunsTheTask()
    {
        await _fixture.Handle("quick", _ => default).StartAsync();

        _fixture.Broker.Deliver(WorkerFixture.Message("quick", change: message => (message.TimeLimit, message.SoftTimeLimit) = (TimeSpan.MaxValue, TimeSpan.FromDays(1_000_000))));

        (await _fixture.StepsAsync(2)).Should().Equal("store SUCCESS", "Acknowledge");
    }

    [Fact]
    public async Task Header_HardLimitOfHalfASecond_IsWrittenAsNumber()
    {
        await _fixture.Handle("stuck", async _ => { _fixture.Broker.Note("run"); await _release.Task; }).StartAsync();
        _fixture.Broker.Deliver(WorkerFixture.Message("stuck", change: message => message.TimeLimit = TimeSpan.FromSeconds(0.5)));
        (await _fixture.Broker.NextAsync()).Should().Be("run");

        await AdvanceUntilNextAsync();

        (await _fixture.Broker.NextAsync()).Should().Be("store FAILURE");
        Arguments(_fixture.Broker.Stored[0].Error!).Should().Be("[0.5]");
    }

    private async Task DeliverAsync(string task)
    {
        _fixture.Broker.Deliver(WorkerFixture.Message(task));
        (await _fixture.Broker.NextAsync()).Should().Be("run");
    }

    private Task AdvanceUntilNextAsync() => _fixture.AdvanceUntilAsync(() => _fixture.Broker.HasMore);

    private static TaskPolicy Hard(double seconds) => new() { TimeLimit = TimeSpan.FromSeconds(seconds) };

    private static TaskPolicy Soft(double seconds) => new() { SoftTimeLimit = TimeSpan.FromSeconds(seconds) };

    private static TimeLimits Of(double? hard, double? soft) => new(Seconds(hard), Seconds(soft));

    private static TimeSpan? Seconds(double? seconds) => seconds is { } value ? TimeSpan.FromSeconds(value) : null;

    private static string Arguments(CeleryNet.Results.RemoteError error) => Encoding.UTF8.GetString(error.Arguments.Span);
}
