using System.Globalization;

namespace CeleryNet.Tests.Scheduling;

public sealed class ScheduleTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Every_CountsFromTheRunBefore() =>
        Schedule.Every(TimeSpan.FromMinutes(7)).NextRuns(2, Noon).Should().Equal(Noon.AddMinutes(7), Noon.AddMinutes(14));

    [Theory]
    [InlineData(0, 60)]
    [InlineData(1, 60)]
    [InlineData(59.5, 60)]
    [InlineData(60, 120)]
    [InlineData(-1, 0)]
    [InlineData(-60, 0)]
    [InlineData(-61, -60)]
    public void EveryFromAnAnchor_StaysAtItsMultiples(double afterMinutes, double expectedMinutes) =>
        Schedule.Every(TimeSpan.FromHours(1), Noon).NextAfter(Noon.AddMinutes(afterMinutes)).Should().Be(Noon.AddMinutes(expectedMinutes));

    [Fact]
    public void Every_Nothing_IsRefused() => FluentActions.Invoking(() => Schedule.Every(TimeSpan.Zero)).Should().Throw<ArgumentOutOfRangeException>();

    [Fact]
    public void Every_BeyondTheEndOfTime_IsNull() => Schedule.Every(TimeSpan.FromDays(1)).NextAfter(DateTimeOffset.MaxValue).Should().BeNull();

    [Fact]
    public void At_IsDueOnce() => Schedule.At(Noon).NextRuns(5, Noon.AddDays(-1)).Should().Equal(Noon);

    [Fact]
    public void NextRuns_OfAnOwnSchedule_EndsWithIt() => new Twice().NextRuns(5, Noon).Should().Equal(Noon.AddSeconds(1), Noon.AddSeconds(2));

    // As the ephemeris says that Celery uses (python3-ephem 4.1).
    [Theory]
    [InlineData(SolarEvent.DawnCivil, "06:01:07")]
    [InlineData(SolarEvent.Sunrise, "06:40:08")]
    [InlineData(SolarEvent.SolarNoon, "10:52:28")]
    [InlineData(SolarEvent.Sunset, "15:04:19")]
    [InlineData(SolarEvent.DuskAstronomical, "17:06:24")]
    public void Solar_InBerlin_IsWhenTheEphemerisSays(SolarEvent solarEvent, string time) =>
        Schedule.Solar(solarEvent, 52.52, 13.41).NextAfter(Noon.AddHours(-12)).Should().BeCloseTo(Noon.AddHours(-12) + TimeSpan.Parse(time, CultureInfo.InvariantCulture), TimeSpan.FromSeconds(5));

    [Fact]
    public void Solar_SunriseInThePolarNight_IsThatOfTheNextDayThatHasOne()
    {
        var next = Schedule.Solar(SolarEvent.Sunrise, 69.65, 18.96).NextAfter(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero)); // Tromsø

        next.Should().BeAfter(new DateTimeOffset(2027, 1, 10, 0, 0, 0, TimeSpan.Zero)).And.BeBefore(new DateTimeOffset(2027, 1, 20, 0, 0, 0, TimeSpan.Zero));
    }

    [Theory]
    [InlineData(91, 0)]
    [InlineData(double.NaN, 0)]
    [InlineData(0, -181)]
    public void Solar_NowhereOnEarth_IsRefused(double latitude, double longitude) =>
        FluentActions.Invoking(() => Schedule.Solar(SolarEvent.Sunset, latitude, longitude)).Should().Throw<ArgumentOutOfRangeException>();

    private sealed class Twice : ISchedule
    {
        public DateTimeOffset? NextAfter(DateTimeOffset moment) => moment < Noon.AddSeconds(2) ? moment.AddSeconds(1) : null;
    }
}
