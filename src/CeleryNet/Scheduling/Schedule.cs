using CeleryNet.Scheduling;

namespace CeleryNet;

/// <summary>Makes schedules that are no <see cref="Crontab"/>, and shows when any schedule is due.</summary>
public static class Schedule
{
    /// <summary>The shortest interval: 1 millisecond.</summary>
    public static TimeSpan ShortestInterval { get; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Again and again after the same time, counted from the run before: what runs late moves all that follow, as Celery's <c>schedule</c> does.</summary>
    /// <param name="interval">At least 1 millisecond.</param>
    public static ISchedule Every(TimeSpan interval) => new IntervalSchedule(interval, null);

    /// <summary>Again and again at <paramref name="anchor"/> plus a multiple of the interval, however late a run was. With midnight as anchor and an hour as interval: every full hour.</summary>
    /// <param name="interval">At least 1 millisecond.</param>
    /// <param name="anchor">One of the moments, in the past or the future; there are none before it only if nobody asks for them.</param>
    public static ISchedule Every(TimeSpan interval, DateTimeOffset anchor) => new IntervalSchedule(interval, anchor);

    /// <summary>Once, at a moment; Celery's <c>clocked</c>.</summary>
    public static ISchedule At(DateTimeOffset moment) => new ClockedSchedule(moment);

    /// <summary>Whenever the sun does something at a place; Celery's <c>solar</c>. Where it does not on a day, beyond the polar circles, the next day on which it does.</summary>
    /// <param name="solarEvent">What it does.</param>
    /// <param name="latitude">Degrees north of the equator, −90 to 90.</param>
    /// <param name="longitude">Degrees east of Greenwich, −180 to 180.</param>
    public static ISchedule Solar(SolarEvent solarEvent, double latitude, double longitude) => new SolarSchedule(solarEvent, latitude, longitude);

    /// <summary>The next moments at which it is due, earliest first.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="count">How many at most; fewer come when it ends before.</param>
    /// <param name="after">Since when; <c>null</c> for now.</param>
    public static IReadOnlyList<DateTimeOffset> NextRuns(this ISchedule schedule, int count, DateTimeOffset? after = null)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var runs = new List<DateTimeOffset>(count);
        var last = after ?? TimeProvider.System.GetUtcNow();
        while (runs.Count < count && schedule.NextAfter(last) is { } next) runs.Add(last = next);
        return runs;
    }
}
