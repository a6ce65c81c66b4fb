namespace CeleryNet.Tests.Scheduling;

/// <summary>Every zone of the system, every jump of its clocks from 2020 to 2037.</summary>
public sealed class ZoneTests
{
    private static readonly DateTime First = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Last = new(2038, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private static readonly (string Text, Func<DateTime, bool> Fits)[] Expressions =
    [
        ("30 * * * *", wall => wall.Minute == 30),
        ("*/20 * * * *", wall => wall.Minute % 20 == 0),
        ("30 2 * * *", wall => wall is { Hour: 2, Minute: 30 }),
        ("0 0 * * *", wall => wall is { Hour: 0, Minute: 0 }),
        ("59 23 * * *", wall => wall is { Hour: 23, Minute: 59 }),
        ("*/15 1-3 * * *", wall => wall is { Hour: >= 1 and <= 3 } && wall.Minute % 15 == 0),
        ("5,45 */2 * * sun", wall => wall.Minute is 5 or 45 && wall.Hour % 2 == 0 && wall.DayOfWeek == DayOfWeek.Sunday),
    ];

    [Fact]
    public void NextAfter_AroundEveryJumpOfEveryZone_AgreesWithTheClockOnTheWall()
    {
        var seen = new HashSet<(DateTime, TimeSpan, TimeSpan)>(); // many zones jump together
        foreach (var zone in TimeZoneInfo.GetSystemTimeZones())
        {
            foreach (var (jump, before, after) in JumpsOf(zone))
            {
                if (!seen.Add((jump, before, after))) continue;
                var (from, to) = (jump.Date.AddDays(-1), jump.Date.AddDays(2));
                foreach (var (text, fits) in Expressions)
                {
                    var runs = Runs(Crontab.Parse(text, zone.Id), from, to);

                    runs.Should().Equal(new WallClock(zone).Runs(from, to, text.Contains(" * * * *", StringComparison.Ordinal), fits), "'{0}' in {1} around {2:u}", text, zone.Id, jump);
                }
            }
        }

        seen.Should().HaveCountGreaterThan(500);
    }

    [Fact]
    public void NextAfter_DailyOverAllYearsInEveryZone_IsOnceADay()
    {
        var seen = new HashSet<string>(); // many zones have the same clocks
        foreach (var zone in TimeZoneInfo.GetSystemTimeZones())
        {
            if (!seen.Add($"{zone.GetUtcOffset(First)} {string.Join(' ', JumpsOf(zone))}")) continue;

            var days = Runs(Crontab.Parse("30 2 * * *", zone.Id), First, Last).ConvertAll(run => TimeZoneInfo.ConvertTimeFromUtc(run, zone).Date);

            days.Zip(days.Skip(1), (one, next) => next - one).Should().OnlyContain(gap => gap == TimeSpan.FromDays(1), "{0}", zone.Id);
            days.Should().HaveCountGreaterThan(18 * 365, "{0}", zone.Id);
        }

        seen.Should().HaveCountGreaterThan(60);
    }

    [Theory]
    [InlineData("Europe/Berlin", "2026-03-29", 23)]
    [InlineData("Europe/Berlin", "2026-10-25", 25)]
    [InlineData("Europe/Berlin", "2026-06-01", 24)]
    public void NextAfter_Hourly_RunsInEveryHourThereIs(string zoneId, string day, int count)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneId);
        var from = TimeZoneInfo.ConvertTimeToUtc(DateTime.Parse(day, System.Globalization.CultureInfo.InvariantCulture), zone);
        var to = TimeZoneInfo.ConvertTimeToUtc(DateTime.Parse(day, System.Globalization.CultureInfo.InvariantCulture).AddDays(1), zone);

        var runs = Runs(Crontab.Parse("30 * * * *", zoneId), from, to);

        runs.Should().HaveCount(count);
        runs.Zip(runs.Skip(1), (one, next) => next - one).Should().OnlyContain(gap => gap == TimeSpan.FromHours(1));
    }

    private static List<DateTime> Runs(Crontab schedule, DateTime from, DateTime to)
    {
        var runs = new List<DateTime>();
        for (var run = schedule.NextAfter(from.AddSeconds(-1)); run < to; run = schedule.NextAfter(run.Value)) runs.Add(run.Value.UtcDateTime);
        return runs;
    }

    private static IEnumerable<(DateTime Jump, TimeSpan Before, TimeSpan After)> JumpsOf(TimeZoneInfo zone)
    {
        for (var hour = First; hour < Last; hour = hour.AddHours(12))
        {
            var (before, after) = (zone.GetUtcOffset(hour), zone.GetUtcOffset(hour.AddHours(12)));
            if (before == after) continue;
            var jump = hour;
            while (zone.GetUtcOffset(jump) == before) jump = jump.AddMinutes(1);
            yield return (jump, before, after);
        }
    }
}
