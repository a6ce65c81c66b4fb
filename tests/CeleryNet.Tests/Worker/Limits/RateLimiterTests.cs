using CeleryNet.Worker.Limits;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.Tests.Worker.Limits;

public sealed class RateLimiterTests
{
    private static readonly TimeSpan Spacing = TimeSpan.FromSeconds(2);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void TryTake_InARow_SpacesTheStarts()
    {
        var limiter = new RateLimiter(Spacing, _time);

        var starts = Enumerable.Range(0, 4).Select(_ => limiter.TryTake(TimeSpan.FromMinutes(1))!.Value.TotalSeconds);

        starts.Should().Equal(0, 2, 4, 6);
    }

    [Fact]
    public void TryTake_AfterAPause_LetsOneStartAndNotSeveral()
    {
        var limiter = new RateLimiter(Spacing, _time);
        limiter.TryTake(TimeSpan.Zero);
        _time.Advance(TimeSpan.FromMinutes(5));

        limiter.TryTake(TimeSpan.Zero).Should().Be(TimeSpan.Zero);
        limiter.TryTake(TimeSpan.Zero).Should().BeNull("a bucket holds one token");
    }

    [Fact]
    public void TryTake_BeyondTheLongestWait_TakesNothing()
    {
        var limiter = new RateLimiter(Spacing, _time);
        limiter.TryTake(TimeSpan.Zero);

        limiter.TryTake(TimeSpan.FromSeconds(1)).Should().BeNull();

        limiter.TryTake(Spacing).Should().Be(Spacing, "the one before has taken nothing");
    }

    [Fact]
    public void Away_OfMany_SpreadsThemAtTheRateAndNoLongerThanFiveMinutes()
    {
        var limiter = new RateLimiter(Spacing, _time);
        for (var i = 0; i < 3; i++) limiter.TryTake(TimeSpan.FromMinutes(1));

        var away = Enumerable.Range(0, 400).Select(_ => limiter.Away().TotalSeconds).ToList();

        away.Take(3).Should().Equal(6, 8, 10);
        away.Max().Should().BeLessThanOrEqualTo(6 + 300);
        away.Count(seconds => seconds == 6).Should().BeGreaterThan(1, "beyond five minutes it begins in front again");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void TryTake_AnyArrivals_NeverStartsMoreThanTheRateAllows(int seed)
    {
        var random = new Random(seed);
        var limiter = new RateLimiter(Spacing, _time);
        var begin = _time.GetTimestamp();
        var starts = new List<TimeSpan>();

        for (var i = 0; i < 1000; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(random.NextDouble() * 4));
            if (limiter.TryTake(TimeSpan.FromSeconds(random.Next(10))) is { } wait) starts.Add(_time.GetElapsedTime(begin) + wait);
        }

        starts.Zip(starts.Skip(1), (one, next) => next - one).Should().OnlyContain(gap => gap >= Spacing, "seed {0}", seed);
    }
}
