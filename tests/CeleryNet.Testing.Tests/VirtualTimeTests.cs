namespace CeleryNet.Testing.Tests;

public sealed class VirtualTimeTests
{
    private readonly VirtualTime _time = new();

    [Fact]
    public void Advance_RunsTimersInTheirOrderAtTheirOwnMoments()
    {
        var seen = new List<string>();
        using var late = Timer("late", 3, null, seen);
        using var often = Timer("often", 1, 2, seen);

        _time.Advance(TimeSpan.FromSeconds(4));

        seen.Should().Equal("often 1", "late 3", "often 3");
        _time.GetUtcNow().Should().Be(VirtualTime.DefaultStart + TimeSpan.FromSeconds(4));
        _time.GetElapsedTime(0).Should().Be(TimeSpan.FromSeconds(4));
    }

    [Fact]
    public void Timer_ThatIsChangedOrDisposed_RunsNoMoreAtItsOldTime()
    {
        var seen = new List<string>();
        var disposed = Timer("disposed", 1, null, seen);
        using var changed = Timer("changed", 1, null, seen);
        disposed.Dispose();
        changed.Change(TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan).Should().BeTrue();
        disposed.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan).Should().BeFalse();

        _time.Advance(TimeSpan.FromSeconds(4));
        seen.Should().BeEmpty();
        _time.Advance(TimeSpan.FromSeconds(1));

        seen.Should().Equal("changed 5");
    }

    [Fact]
    public async Task Timer_WithoutDelay_RunsByItself()
    {
        var ran = new TaskCompletionSource();
        await using var timer = _time.CreateTimer(_ => ran.SetResult(), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);

        await ran.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Delay_EndsWhenTheClockReachesIt()
    {
        var delay = Task.Delay(TimeSpan.FromHours(1), _time);

        _time.Advance(TimeSpan.FromMinutes(59));
        delay.IsCompleted.Should().BeFalse();
        _time.Advance(TimeSpan.FromMinutes(1));

        await delay.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Advance_Backwards_IsRefused() => _time.Invoking(time => time.Advance(TimeSpan.FromTicks(-1))).Should().Throw<ArgumentOutOfRangeException>();

    private ITimer Timer(string name, int due, int? period, List<string> seen) => _time.CreateTimer(
        _ => seen.Add($"{name} {(_time.GetUtcNow() - VirtualTime.DefaultStart).TotalSeconds}"),
        null,
        TimeSpan.FromSeconds(due),
        period is { } seconds ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan);
}
