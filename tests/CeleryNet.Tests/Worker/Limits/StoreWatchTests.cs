using CeleryNet.Worker.Limits;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.Tests.Worker.Limits;

public sealed class StoreWatchTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly StoreWatch _watch;

    public StoreWatchTests() => _watch = new StoreWatch(_time, new Random(1));

    [Fact]
    public void TryAsk_WhileItAnswers_LetsEverybodyAsk()
    {
        _watch.TryAsk().Should().BeTrue();
        _watch.TryAsk().Should().BeTrue();

        _watch.Wait().Should().BeNull();
    }

    [Fact]
    public void Failed_LetsNobodyAskForAWhile_ThenOne()
    {
        var pause = _watch.Failed();

        _watch.Wait().Should().Be(pause);
        _time.Advance(pause);
        _watch.Wait().Should().BeNull();
        _watch.TryAsk().Should().BeTrue();
        _watch.TryAsk().Should().BeFalse("one asks already, and whoever asks holds a slot");
        _watch.Wait().Should().NotBeNull();
    }

    [Fact]
    public void Failed_AgainAndAgain_WaitsLonger()
    {
        var first = _watch.Failed();

        _watch.Failed();
        var third = _watch.Failed();

        first.Should().BeLessThanOrEqualTo(TimeSpan.FromSeconds(0.5));
        third.Should().BeGreaterThan(TimeSpan.FromSeconds(1)).And.BeLessThanOrEqualTo(TimeSpan.FromSeconds(4));
    }

    [Fact]
    public void Answered_LetsEverybodyAskAgain()
    {
        _watch.Failed();

        _watch.Answered();

        _watch.Wait().Should().BeNull();
        (_watch.TryAsk(), _watch.TryAsk()).Should().Be((true, true));
    }
}
