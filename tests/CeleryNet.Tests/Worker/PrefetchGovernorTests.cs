using CeleryNet.Worker;

namespace CeleryNet.Tests.Worker;

public sealed class PrefetchGovernorTests
{
    [Fact]
    public void Current_BeforeAnyRun_IsFourPerSlot() => new PrefetchGovernor(8, null).Current.Should().Be(32);

    [Fact]
    public void Observe_ManyShortRuns_GrowsToWhatRunsInTheWindowAndNoFurtherThanThousand()
    {
        var governor = new PrefetchGovernor(8, null);

        for (var i = 0; i < 1000; i++) governor.Observe(TimeSpan.FromMicroseconds(50));

        governor.Current.Should().Be(1000);
    }

    [Fact]
    public void Observe_RunsOfTwoMilliseconds_HoldsAboutAHundredMillisecondsOfWork()
    {
        var governor = new PrefetchGovernor(8, null);

        for (var i = 0; i < 1000; i++) governor.Observe(TimeSpan.FromMilliseconds(2));

        governor.Current.Should().BeInRange(300, 500, "8 slots do 400 such tasks in 100 ms");
    }

    [Fact]
    public void Observe_OneLongRunAfterShortOnes_ShrinksAtOnce()
    {
        var governor = new PrefetchGovernor(8, null);
        for (var i = 0; i < 1000; i++) governor.Observe(TimeSpan.FromMicroseconds(50));

        governor.Observe(TimeSpan.FromSeconds(2)).Should().BeTrue();

        governor.Current.Should().Be(32);
    }

    [Fact]
    public void ObserveRunning_TaskThatRunsForLong_ShrinksBeforeItEnds()
    {
        var governor = new PrefetchGovernor(4, null);
        for (var i = 0; i < 1000; i++) governor.Observe(TimeSpan.FromMicroseconds(50));

        governor.ObserveRunning(TimeSpan.FromMilliseconds(150)).Should().BeTrue();

        governor.Current.Should().Be(16);
    }

    [Fact]
    public void ObserveRunning_TaskThatJustBegan_SaysNothing()
    {
        var governor = new PrefetchGovernor(4, null);
        for (var i = 0; i < 1000; i++) governor.Observe(TimeSpan.FromMilliseconds(2));
        var before = governor.Current;

        governor.ObserveRunning(TimeSpan.Zero).Should().BeFalse();

        governor.Current.Should().Be(before);
    }

    [Fact]
    public void Observe_WithFixedCount_NeverChanges()
    {
        var governor = new PrefetchGovernor(8, 5);

        governor.Observe(TimeSpan.FromMicroseconds(1)).Should().BeFalse();
        governor.Observe(TimeSpan.FromSeconds(10)).Should().BeFalse();

        governor.Current.Should().Be(5);
    }

    [Fact]
    public void Reset_AfterGrowth_StartsFromTheFloor()
    {
        var governor = new PrefetchGovernor(8, null);
        for (var i = 0; i < 1000; i++) governor.Observe(TimeSpan.FromMicroseconds(50));

        governor.Reset();

        governor.Current.Should().Be(32);
    }

    [Fact]
    public void Current_HugeConcurrency_StaysWithinWhatBrokersCount() => new PrefetchGovernor(20_000, null).Current.Should().Be(65_535);
}
