using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Messages;

namespace CeleryNet.Tests.Worker;

/// <summary>The result store is away: finished tasks wait for it outside their slots, in bounded room, and nothing is acknowledged before its result is stored.</summary>
public sealed class StoreDownTests : IAsyncDisposable
{
    private const int Forever = int.MaxValue;

    private readonly RecordingBroker _broker = new();
    private readonly WorkerFixture _fixture;

    public StoreDownTests()
    {
        _fixture = new WorkerFixture { Broker = _broker, Options = { Concurrency = 1, Prefetch = 4 } };
        _fixture.Handle("noted", _ => { _broker.Note("run"); return default; });
        _fixture.Handle("quiet", _ => { _broker.Note("quiet"); return default; });
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Run_WhileTheStoreIsDown_TasksWithoutResultGoOn()
    {
        _broker.FailingStores = Forever;
        await _fixture.StartAsync();

        Deliver("noted");
        Deliver("noted");
        Quiet();
        Quiet();

        (await _fixture.StepsAsync(7)).Should().Equal("run", "store failed", "run", "quiet", "Acknowledge", "quiet", "Acknowledge");
    }

    [Fact]
    public async Task Run_WhileTheStoreIsDown_PrefetchMakesRoomForWhatWaits()
    {
        _broker.FailingStores = Forever;
        await _fixture.StartAsync();

        for (var i = 0; i < 3; i++) Deliver("noted");

        await Eventually.IsTrueAsync(() => LastPrefetch() == 4 + 3);
        _broker.FailingStores = 0;
        await _fixture.AdvanceUntilAsync(() => LastPrefetch() == 4);
    }

    [Fact]
    public async Task Run_MoreThanMayWait_HoldsTheSlotUntilTheStoreIsBack()
    {
        _broker.FailingStores = Forever;
        _fixture.Options.MaxUnstoredTasks = 2;
        await _fixture.StartAsync();

        for (var i = 0; i < 4; i++) Deliver("noted");
        (await _fixture.StepsAsync(4)).Should().Equal("run", "store failed", "run", "run");
        await Eventually.IsTrueAsync(() => LastPrefetch() == 4 + 2);
        _broker.HasMore.Should().BeFalse("the third waits in the only slot");
        _broker.FailingStores = 0;
        await _fixture.AdvanceUntilAsync(() => _broker.HasMore);

        var steps = await _fixture.StepsAsync(9);
        steps.Count(step => step == "store SUCCESS").Should().Be(4);
        steps.Count(step => step == "Acknowledge").Should().Be(4);
        steps.IndexOf("run").Should().BeGreaterThan(steps.IndexOf("store SUCCESS"));
    }

    [Fact]
    public async Task Run_LargerThanWhatMayWait_HoldsTheSlot()
    {
        _broker.FailingStores = Forever;
        _fixture.Options.MaxUnstoredBytes = 5_000; // less than is counted for any task
        await _fixture.StartAsync();

        Deliver("noted");
        Deliver("noted");
        (await _fixture.StepsAsync(2)).Should().Equal("run", "store failed");
        _broker.FailingStores = 0;
        await _fixture.AdvanceUntilAsync(() => _broker.HasMore);

        (await _fixture.StepsAsync(5)).Should().Equal("store SUCCESS", "Acknowledge", "run", "store SUCCESS", "Acknowledge");
    }

    [Fact]
    public async Task Store_WhileItIsAway_IsAskedByOneTaskAtATime()
    {
        const int Count = 50;
        _broker.FailingStores = Forever;
        await _fixture.StartAsync();
        for (var i = 0; i < Count; i++) Deliver("noted");
        await Eventually.IsTrueAsync(() => LastPrefetch() == 4 + Count);

        _fixture.Time.Advance(TimeSpan.FromMilliseconds(499)); // the first two steps are 0.5 and 1.5 s, each at least half of that
        await Eventually.IsTrueAsync(() => Offered() == 2);
        _fixture.Time.Advance(TimeSpan.FromMilliseconds(740));
        Offered().Should().Be(2, "one looked, and the next one's time has not come");
        _broker.FailingStores = 0;
        await _fixture.AdvanceUntilAsync(() => { lock (_broker.Stored) return _broker.Stored.DistinctBy(result => result.TaskId).Count() == Count; });

        Offered().Should().Be(Count + 2);
    }

    [Fact]
    public async Task Store_ThatRefusesOneResult_TakesTheOthers()
    {
        await _fixture.StartAsync();
        var refused = WorkerFixture.Message("noted");
        _broker.Refused = refused.Id;

        _broker.Deliver(refused);
        Deliver("noted");
        (await _fixture.StepsAsync(5)).Should().Equal("run", "store refused", "run", "store SUCCESS", "Acknowledge");
        _broker.Refused = null;
        await _fixture.AdvanceUntilAsync(() => _broker.HasMore);

        (await _fixture.StepsAsync(2)).Should().Equal("store SUCCESS", "Acknowledge");
    }

    [Fact]
    public async Task Run_StoreThatDoesNotAnswer_HoldsTheSlotForAMoment()
    {
        var broker = new RecordingBroker { StoreGate = new TaskCompletionSource() };
        await using var fixture = new WorkerFixture { Broker = broker, Options = { Concurrency = 1 } };
        fixture.Handle("long", _ =>
        {
            broker.Note("run");
            fixture.Time.Advance(TimeSpan.FromMilliseconds(50));
            return default;
        });
        await fixture.StartAsync();

        broker.Deliver(WorkerFixture.Message("long"));
        broker.Deliver(WorkerFixture.Message("long"));
        (await broker.NextAsync()).Should().Be("run");
        await fixture.AdvanceUntilAsync(() => broker.HasMore, TimeSpan.FromMilliseconds(50));

        (await broker.NextAsync()).Should().Be("run", "nothing is stored yet");
        broker.StoreGate.SetResult();
        (await fixture.StepsAsync(4)).Order().Should().Equal("Acknowledge", "Acknowledge", "store SUCCESS", "store SUCCESS");
    }

    [Fact]
    public async Task Stop_WhileTheStoreIsDown_GivesBackWhatWaits()
    {
        _broker.FailingStores = Forever;
        await _fixture.StartAsync();
        for (var i = 0; i < 3; i++) Deliver("noted");
        await Eventually.IsTrueAsync(() => LastPrefetch() == 4 + 3);
        (await _fixture.StepsAsync(4)).Should().Equal("run", "store failed", "run", "run");

        var stop = _fixture.Worker.StopAsync(new CancellationToken(canceled: true));
        await _fixture.AdvanceUntilAsync(() => stop.IsCompleted, TimeSpan.FromMilliseconds(100));

        var steps = new List<string>();
        while (steps.Count < 4)
            if (await _broker.NextAsync() is var step && step != "store failed") steps.Add(step); // the clock moves, so the store is asked again
        steps.Should().BeEquivalentTo(["Requeue", "Requeue", "Requeue", "disposed"], "this clock runs faster than the worker can give back within its limit, so the order is open");
    }

    private Delivery Deliver(string task) => _broker.Deliver(WorkerFixture.Message(task));

    private void Quiet() => _broker.Deliver(WorkerFixture.Message("quiet", change: message => message.IgnoreResult = true));

    private int LastPrefetch()
    {
        lock (_broker.Prefetches) return _broker.Prefetches.LastOrDefault();
    }

    private int Offered()
    {
        lock (_broker.Stored) return _broker.Stored.Count;
    }
}
