using CeleryNet.Brokers;
using CeleryNet.Messages;
using CeleryNet.Tasks;

namespace CeleryNet.Tests.Worker;

/// <summary>The connection is lost while a task runs, and the broker hands its message out again, to the same worker.</summary>
public sealed class AdoptionTests : IAsyncDisposable
{
    private readonly WorkerFixture _fixture = new();
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask DisposeAsync()
    {
        _release.TrySetResult();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Redelivery_OfARunningTask_IsSettledByThatRun()
    {
        var message = await RunAsync();

        _fixture.Broker.Lose();
        _fixture.Broker.Deliver(message.Copy(), isRedelivered: true);
        await AdoptedAsync();
        _release.SetResult();

        (await _fixture.StepsAsync(2)).Should().Equal("store SUCCESS", "Acknowledge");
        (await MarkerAsync()).Should().Equal("marker", "store SUCCESS", "Acknowledge");
    }

    [Fact]
    public async Task Redelivery_LostOnceMore_IsSettledByTheLastDelivery()
    {
        var message = await RunAsync();

        for (var i = 1; i <= 3; i++)
        {
            _fixture.Broker.Lose();
            _fixture.Broker.Deliver(message.Copy(), isRedelivered: true);
            await AdoptedAsync(i);
        }

        _release.SetResult();
        (await _fixture.StepsAsync(2)).Should().Equal("store SUCCESS", "Acknowledge");
        (await MarkerAsync()).Should().Equal("marker", "store SUCCESS", "Acknowledge");
    }

    [Fact]
    public async Task Redelivery_AfterTheRunEndedWithoutConnection_IsSettledAndDoesNotRun()
    {
        var message = await RunAsync();

        _fixture.Broker.Lose();
        _release.SetResult();
        (await _fixture.StepsAsync(2)).Should().Equal("store SUCCESS", "lost Acknowledge");
        _fixture.Broker.Deliver(message.Copy(), isRedelivered: true);

        (await _fixture.Broker.NextAsync()).Should().Be("Acknowledge");
        (await MarkerAsync()).Should().Equal("marker", "store SUCCESS", "Acknowledge");
    }

    [Fact]
    public async Task Redelivery_WhileTheResultIsStored_IsSettledByThatRun()
    {
        var gate = new TaskCompletionSource();
        await using var fixture = new WorkerFixture { Broker = new RecordingBroker { StoreGate = gate } };
        await fixture.Handle("noted", _ => { fixture.Broker.Note("run"); return default; }).StartAsync();
        var message = WorkerFixture.Message("noted");
        fixture.Broker.Deliver(message);
        (await fixture.Broker.NextAsync()).Should().Be("run");
        await Contracts.Eventually.IsTrueAsync(() => { lock (fixture.Broker.Stored) return fixture.Broker.Stored.Count == 1; });

        fixture.Broker.Lose();
        fixture.Broker.Deliver(message.Copy(), isRedelivered: true);
        await Contracts.Eventually.IsTrueAsync(() => fixture.Logger.Of(2036).Count == 1);
        gate.SetResult();

        (await fixture.StepsAsync(2)).Should().Equal("store SUCCESS", "Acknowledge");
    }

    [Fact]
    public async Task Redelivery_OfATaskAcknowledgedEarly_IsSettledWhileItRuns()
    {
        var message = await RunAsync(new TaskPolicy { AckEarly = true }, "Acknowledge");

        _fixture.Broker.Lose();
        _fixture.Broker.Deliver(message.Copy(), isRedelivered: true);

        (await _fixture.Broker.NextAsync()).Should().Be("Acknowledge");
        _release.SetResult();
        (await _fixture.Broker.NextAsync()).Should().Be("store SUCCESS");
    }

    [Fact]
    public async Task Redelivery_OfARunawayBehindItsHardLimit_IsSettledAndDoesNotRun()
    {
        var message = await RunAsync(new TaskPolicy { TimeLimit = TimeSpan.FromSeconds(3) });
        _fixture.Broker.Lose();
        await _fixture.AdvanceUntilAsync(() => _fixture.Broker.HasMore);
        (await _fixture.StepsAsync(2)).Should().Equal("store FAILURE", "lost Acknowledge");

        _fixture.Broker.Deliver(message.Copy(), isRedelivered: true);

        (await _fixture.Broker.NextAsync()).Should().Be("Acknowledge");
        (await MarkerAsync()).Should().Equal("marker", "store SUCCESS", "Acknowledge");
    }

    [Fact]
    public async Task Delivery_WithTheSameIdWhileTheConnectionIsGood_RunsToo()
    {
        var message = await RunAsync();

        _fixture.Broker.Deliver(Counted(message), isRedelivered: false);

        (await _fixture.Broker.NextAsync()).Should().Be("run");
    }

    [Fact]
    public async Task Redelivery_OfTheNextAttempt_IsAnotherMessage()
    {
        var message = await RunAsync();

        _fixture.Broker.Lose();
        var retry = message.Copy();
        retry.Retries = 1;
        _fixture.Broker.Deliver(retry, isRedelivered: true);

        (await _fixture.StepsAsync(2)).Should().Equal("publish celery", "Acknowledge"); // sent again with its count of starts, not adopted
        _fixture.Logger.Of(2036).Should().BeEmpty();
    }

    [Fact]
    public async Task Redelivery_OfASnoozedTask_IsNotTakenForSettled()
    {
        await _fixture.Handle("snoozes", invocation => { _fixture.Broker.Note("run"); invocation.End(TaskOutcome.Snooze(TimeSpan.FromMinutes(1))); return default; }).StartAsync();
        var message = WorkerFixture.Message("snoozes");
        var first = _fixture.Broker.Deliver(message);
        (await _fixture.StepsAsync(3)).Should().Equal("run", "publish celery", "Acknowledge");

        _fixture.Broker.Deliver(Counted(message), isRedelivered: true);

        (await _fixture.StepsAsync(2)).Should().Equal("publish celery", "Acknowledge");
        _fixture.Broker.Published.Should().HaveCount(2, "it is started again, after its start was counted");
        first.IsRedelivered.Should().BeFalse();
    }

    private static TaskMessage Counted(TaskMessage message)
    {
        var copy = message.Copy();
        copy.CorrelationId = message.Id;
        return copy;
    }

    private async Task<TaskMessage> RunAsync(TaskPolicy? policy = null, params string[] before)
    {
        await _fixture.Handle("slow", async _ => { _fixture.Broker.Note("run"); await _release.Task; }, policy)
            .Handle("marker", _ => { _fixture.Broker.Note("marker"); return default; }).StartAsync();
        var message = WorkerFixture.Message("slow");
        _fixture.Broker.Deliver(message);
        (await _fixture.StepsAsync(before.Length + 1)).Should().Equal([.. before, "run"]);
        return message;
    }

    private Task AdoptedAsync(int times = 1) => Contracts.Eventually.IsTrueAsync(() => _fixture.Logger.Of(2036).Count == times);

    // Behind what must not run: it is what comes next.
    private async Task<List<string>> MarkerAsync()
    {
        _fixture.Broker.Deliver(WorkerFixture.Message("marker"));
        return await _fixture.StepsAsync(3);
    }
}
