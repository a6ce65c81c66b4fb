namespace CeleryNet.Tests.Scheduling;

/// <summary>
/// Says minute by minute what is due, by looking at the clock on the wall and remembering what it has shown. Slow, and written without a look at how <see cref="Crontab"/> does it.
/// </summary>
internal sealed class WallClock(TimeZoneInfo zone)
{
    /// <summary>Every minute, in UTC, at which something is due in a time that <paramref name="fits"/>.</summary>
    internal List<DateTime> Runs(DateTime from, DateTime to, bool isHourly, Func<DateTime, bool> fits)
    {
        var runs = new List<DateTime>();
        var highest = Wall(from.AddMinutes(-1));
        for (var utc = from; utc < to; utc = utc.AddMinutes(1))
        {
            var wall = Wall(utc);
            if (isHourly ? fits(wall) : HasFitting(highest, wall, fits)) runs.Add(utc);
            if (wall > highest) highest = wall;
        }

        return runs;
    }

    // What the clock shows for the first time now: usually a minute, many after a jump forward, none in an hour that comes again.
    private static bool HasFitting(DateTime highest, DateTime wall, Func<DateTime, bool> fits)
    {
        for (var shown = highest.AddMinutes(1); shown <= wall; shown = shown.AddMinutes(1))
            if (fits(shown)) return true;
        return false;
    }

    private DateTime Wall(DateTime utc) => TimeZoneInfo.ConvertTimeFromUtc(utc, zone);
}
