using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Worker;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.Tests.Worker;

/// <summary>Being alone in a worker, and how long everybody waits for that.</summary>
public sealed class LoneGateTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly RunningTasks _running;
    private readonly LoneGate _gate;
    private readonly Slot _slot = new(static _ => { });

    public LoneGateTests()
    {
        _running = new RunningTasks(_time);
        _running.Add(_slot);
        _gate = new LoneGate(_running, _time, _stop.Token);
    }

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task Opens_NobodyWantsToBeAlone_AtOnce()
    {
        _gate.IsClosed.Should().BeFalse();
        (await _gate.OpensAsync().Within()).Should().BeTrue();
    }

    [Fact]
    public async Task Enter_NothingRuns_HasItsTurnAtOnceAndOthersWaitForItsEnd()
    {
        var turn = await _gate.EnterAsync().Within();
        var other = _gate.OpensAsync().AsTask();
        var isClosed = (_gate.IsClosed, other.IsCompleted);

        turn!.Dispose();

        isClosed.Should().Be((true, false));
        (await other.Within()).Should().BeTrue();
        _gate.IsClosed.Should().BeFalse();
    }

    [Fact]
    public async Task Enter_ATaskRuns_WaitsForItsEndWhileNothingElseStarts()
    {
        _slot.Current = Request();
        var entering = _gate.EnterAsync().AsTask();
        _time.Advance(TimeSpan.FromSeconds(20));
        var before = (entering.IsCompleted, _gate.IsClosed);

        _slot.Current = null;

        before.Should().Be((false, true));
        using var turn = await AdvanceUntilAsync(entering);
        (_time.GetUtcNow() - _time.Start).Should().BeLessThan(LoneGate.LongestWait);
    }

    [Fact]
    public async Task Enter_ATaskNeverEnds_HasItsTurnAfterTheLongestWait()
    {
        _slot.Current = Request();

        using var turn = await AdvanceUntilAsync(_gate.EnterAsync().AsTask());

        turn.Should().NotBeNull();
        (_time.GetUtcNow() - _time.Start).Should().BeGreaterThanOrEqualTo(LoneGate.LongestWait);
    }

    [Fact]
    public async Task Enter_ATaskLostItsSlot_IsNotWaitedFor()
    {
        _slot.Current = Request();
        _slot.Abandon();

        using var turn = await _gate.EnterAsync().Within();

        turn.Should().NotBeNull();
    }

    [Fact]
    public async Task Turn_LastsTooLong_EndsAndItsOwnEndChangesNothing()
    {
        var turn = await _gate.EnterAsync().Within();
        _time.Advance(LoneGate.LongestTurn - TimeSpan.FromMilliseconds(1));
        var before = _gate.IsClosed;

        _time.Advance(TimeSpan.FromMilliseconds(1));
        var after = _gate.IsClosed;
        turn!.Dispose();

        (before, after).Should().Be((true, false));
        using var second = await AdvanceUntilAsync(_gate.EnterAsync().AsTask());
        var third = _gate.EnterAsync().AsTask();
        _time.Advance(TimeSpan.FromSeconds(1));
        third.IsCompleted.Should().BeFalse("a turn that ended twice would let two in");
    }

    [Fact]
    public async Task Enter_Two_OneAfterTheOtherAndOthersBetweenThem()
    {
        var first = await _gate.EnterAsync().Within();
        var entering = _gate.EnterAsync().AsTask();
        var other = _gate.OpensAsync().AsTask();

        first!.Dispose();
        (await other.Within()).Should().BeTrue();
        var between = (_gate.IsClosed, entering.IsCompleted);
        using var second = await AdvanceUntilAsync(entering);

        between.Should().Be((false, false));
        _gate.IsClosed.Should().BeTrue();
    }

    [Fact]
    public async Task Stop_WhileOthersRun_EndsEveryWait()
    {
        _slot.Current = Request();
        var entering = _gate.EnterAsync().AsTask();
        var next = _gate.EnterAsync().AsTask();
        var other = _gate.OpensAsync().AsTask();

        await _stop.CancelAsync();

        (await entering.Within()).Should().BeNull();
        (await next.Within()).Should().BeNull();
        (await other.Within()).Should().BeFalse();
        (await _gate.OpensAsync().Within()).Should().BeFalse("nothing more starts");
        _gate.IsClosed.Should().BeFalse();
    }

    private async Task<LoneTurn?> AdvanceUntilAsync(Task<LoneTurn?> entering)
    {
        using var deadline = new CancellationTokenSource(Deadline.Usual);
        while (!entering.IsCompleted)
        {
            deadline.Token.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        return await entering;
    }

    private static TaskRequest Request() => new(
        new RecordingBroker(), new Delivery { Message = WorkerFixture.Message("work"), Queue = "celery", RoutingKey = "celery" }, new QueueDefinition("celery"));
}
