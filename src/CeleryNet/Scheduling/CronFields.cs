using System;
using System.Numerics;

namespace CeleryNet.Scheduling;

/// <summary>Which times of the wall clock an expression means: a bit for each value of a field. Knows no zones. Compiled into the analyzers too.</summary>
/// <param name="Seconds">Bits 0 to 59.</param>
/// <param name="Minutes">Bits 0 to 59.</param>
/// <param name="Hours">Bits 0 to 23.</param>
/// <param name="DaysOfMonth">Bits 1 to 31.</param>
/// <param name="Months">Bits 1 to 12.</param>
/// <param name="DaysOfWeek">Bits 0 to 6; Sunday is 0.</param>
internal sealed record CronFields(ulong Seconds, ulong Minutes, ulong Hours, ulong DaysOfMonth, ulong Months, ulong DaysOfWeek)
{
    private const ulong AllHours = (1UL << 24) - 1;
    private const int MostYears = 60; // February 29 on a given weekday is up to 40 years away

    /// <summary>True when it runs in every hour, so that it means real time and not the time of a wall clock.</summary>
    internal bool IsHourly => Hours == AllHours;

    /// <summary>True when some date fits: not with February 30 alone.</summary>
    internal bool IsPossible => DateAtOrAfter(new DateTime(2000, 1, 1)) is not null;

    /// <summary>The first time that fits, at or after a time with whole seconds; <c>null</c> when there is none.</summary>
    internal DateTime? AtOrAfter(DateTime wall)
    {
        var date = DateAtOrAfter(wall.Date);
        if (date == wall.Date)
        {
            if (TimeAtOrAfter(wall.Hour, wall.Minute, wall.Second) is { } time) return date + time;
            date = DateAtOrAfter(wall.Date.AddDays(1));
        }

        return date + new TimeSpan(First(Hours), First(Minutes), First(Seconds));
    }

    private TimeSpan? TimeAtOrAfter(int hour, int minute, int second)
    {
        if (Has(Hours, hour))
        {
            if (Has(Minutes, minute) && Next(Seconds, second) is { } nextSecond) return new TimeSpan(hour, minute, nextSecond);
            if (Next(Minutes, minute + 1) is { } nextMinute) return new TimeSpan(hour, nextMinute, First(Seconds));
        }

        return Next(Hours, hour + 1) is { } nextHour ? new TimeSpan(nextHour, First(Minutes), First(Seconds)) : null;
    }

    private DateTime? DateAtOrAfter(DateTime date)
    {
        for (var lastYear = date.Year + MostYears; date.Year <= lastYear && date.Year < DateTime.MaxValue.Year;)
        {
            if (!Has(Months, date.Month)) date = new DateTime(date.Year, date.Month, 1).AddMonths(1);
            else if (Has(DaysOfMonth, date.Day) && Has(DaysOfWeek, (int)date.DayOfWeek)) return date;
            else date = date.AddDays(1);
        }

        return null;
    }

    private static bool Has(ulong bits, int value) => (bits >> value & 1) != 0;

    private static int First(ulong bits) => BitOperations.TrailingZeroCount(bits);

    private static int? Next(ulong bits, int from)
    {
        var rest = bits >> from << from; // from is at most 60
        return rest == 0 ? null : First(rest);
    }
}
