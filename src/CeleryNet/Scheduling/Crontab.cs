using CeleryNet.Diagnostics;
using CeleryNet.Scheduling;

namespace CeleryNet;

/// <summary>
/// Due by the clock on the wall, as Celery's <c>crontab</c>: <c>Crontab.Parse("0 8 * * mon", "Europe/Berlin")</c>. Day of month and day of week must both fit, as in Celery; cron differs there
/// and takes either.
/// </summary>
/// <remarks>
/// When the clocks go forward, what was due in the hour that is left out runs once, at the jump; when they go back, what is due in the hour that comes twice runs in the first of the two. What runs
/// in every hour (hour field <c>*</c>) means real time instead: it runs in every hour that there is, on such days 23 or 25 times.
/// </remarks>
public sealed class Crontab : ISchedule
{
    // Within it a jump is looked for before a time of the wall clock is believed; longer than any two zones differ.
    private static readonly TimeSpan Window = TimeSpan.FromHours(48);
    private static readonly TimeSpan WidestOffset = TimeSpan.FromHours(28);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly string _text;
    private readonly CronFields _fields;
    private readonly ZoneClock _clock;

    private Crontab(string text, CronFields fields, TimeZoneInfo zone)
    {
        (_text, _fields, Zone) = (text, fields, zone);
        _clock = new ZoneClock(zone);
    }

    /// <summary>The zone whose wall clock counts.</summary>
    public TimeZoneInfo Zone { get; }

    /// <summary>The fields as they were given, one space between two.</summary>
    public string Expression => _text;

    /// <summary>Reads a cron expression.</summary>
    /// <param name="expression">
    /// Five fields: minute, hour, day of month, month, day of week; or six with the second before them. Each is <c>*</c>, a value, a range <c>8-17</c> (<c>fri-mon</c> goes round), a step
    /// <c>*/15</c> or <c>9-17/2</c>, or a list of these; months and days of the week also by their English names. Sunday is 0 or 7.
    /// </param>
    /// <param name="zone">IANA name of the zone, such as <c>Europe/Berlin</c>; <c>null</c> for UTC.</param>
    /// <exception cref="TaskQueueConfigurationException">The expression cannot be read or is never due, or there is no such zone.</exception>
    public static Crontab Parse(string expression, string? zone = null)
    {
        ArgumentNullException.ThrowIfNull(expression);
        var text = string.Join(' ', expression.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return Of(text, () => CronText.Split(text), zone);
    }

    /// <summary>Makes one of single fields, in the order of Celery's <c>crontab(minute, hour, day_of_week, day_of_month, month_of_year)</c>.</summary>
    /// <param name="minute">0 to 59.</param>
    /// <param name="hour">0 to 23.</param>
    /// <param name="dayOfWeek">0 to 6, Sunday is 0; or names.</param>
    /// <param name="dayOfMonth">1 to 31.</param>
    /// <param name="monthOfYear">1 to 12, or names.</param>
    /// <param name="zone">IANA name of the zone; <c>null</c> for UTC.</param>
    /// <exception cref="TaskQueueConfigurationException">A field cannot be read, they are never due together, or there is no such zone.</exception>
    public static Crontab Of(string minute = "*", string hour = "*", string dayOfWeek = "*", string dayOfMonth = "*", string monthOfYear = "*", string? zone = null) =>
        Of($"{minute} {hour} {dayOfMonth} {monthOfYear} {dayOfWeek}", () => ["0", minute, hour, dayOfMonth, monthOfYear, dayOfWeek], zone);

    /// <inheritdoc/>
    public DateTimeOffset? NextAfter(DateTimeOffset moment)
    {
        var utc = moment.UtcDateTime;
        if (utc.Year > 9900) return null; // the arithmetic of dates ends in 9999
        utc = utc.AddTicks(TimeSpan.TicksPerSecond - (utc.Ticks % TimeSpan.TicksPerSecond)); // the first whole second that is later
        while (true)
        {
            var offset = _clock.OffsetAt(utc);
            if (IsAfterGap(utc, offset)) return new DateTimeOffset(utc, TimeSpan.Zero);
            if (_fields.AtOrAfter(utc + offset) is not { } wall) return null;

            var jump = _clock.JumpAfter(utc, utc + Window);
            var due = DateTime.SpecifyKind(wall - offset, DateTimeKind.Utc);
            if (due < (jump ?? utc + Window))
            {
                if (!IsRepeated(due, offset)) return new DateTimeOffset(due, TimeSpan.Zero);
                utc = due + Second;
            }
            else
            {
                // Nothing fits between this moment and that wall time, whatever the clocks do on the way; they may be anywhere within their widest offset.
                utc = jump ?? (due - WidestOffset > utc + Window ? due - WidestOffset : utc + Window);
            }
        }
    }

    /// <summary>The expression and the zone.</summary>
    public override string ToString() => $"{_text} ({Zone.Id})";

    private static Crontab Of(string text, Func<string[]> fields, string? zone)
    {
        try
        {
            return new Crontab(text, CronText.Read(fields()), ZoneOf(zone));
        }
        catch (FormatException error)
        {
            throw new TaskQueueConfigurationException(ErrorCodes.InvalidConfiguration, $"The cron expression '{Printable.Limit(text)}' cannot be used: {Printable.Limit(error.Message)}.");
        }
    }

    // At a jump forward: something was due in the time that was left out.
    private bool IsAfterGap(DateTime utc, TimeSpan offset)
    {
        if (_fields.IsHourly) return false;
        var before = _clock.OffsetAt(utc - Second);
        return before < offset && _fields.AtOrAfter(utc + before) < utc + offset;
    }

    // After a jump back: the same time of the wall clock was there before.
    private bool IsRepeated(DateTime due, TimeSpan offset)
    {
        if (_fields.IsHourly) return false;
        var since = due - Window / 2;
        while (_clock.JumpAfter(since, due) is { } jump)
        {
            var before = _clock.OffsetAt(jump - Second);
            if (before > offset && due + offset < jump + before) return true;
            since = jump;
        }

        return false;
    }

    private static TimeZoneInfo ZoneOf(string? zone)
    {
        if (zone is null) return TimeZoneInfo.Utc;
        try
        {
            return TimeZoneInfo.FindSystemTimeZoneById(zone);
        }
        catch (Exception error) when (error is TimeZoneNotFoundException or InvalidTimeZoneException or ArgumentException)
        {
            throw new TaskQueueConfigurationException(
                ErrorCodes.InvalidConfiguration, $"There is no time zone '{Printable.Limit(zone)}' on this machine. Use an IANA name such as 'Europe/Berlin', and install the system's time zone data (Debian: tzdata).", error);
        }
    }
}
