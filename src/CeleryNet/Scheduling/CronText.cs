using System;

namespace CeleryNet.Scheduling;

/// <summary>Reads cron expressions. Compiled into the analyzers too, so that both agree.</summary>
internal static class CronText
{
    /// <summary>The six fields of an expression, the second first, which is 0 where it has five.</summary>
    /// <exception cref="FormatException">It has another number of fields.</exception>
    internal static string[] Split(string expression)
    {
        var fields = expression.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return fields.Length switch
        {
            5 => ["0", .. fields],
            6 => fields,
            _ => throw new FormatException($"it has {fields.Length} fields instead of 5 (minute, hour, day of month, month, day of week) or 6 (second first)"),
        };
    }

    /// <summary>What six fields mean: second, minute, hour, day of month, month, day of week.</summary>
    /// <exception cref="FormatException">One cannot be read, or they are never due together; the message says why, without a full stop.</exception>
    internal static CronFields Read(string[] fields)
    {
        var read = new CronFields(
            CronFieldParser.Second.Parse(fields[0]), CronFieldParser.Minute.Parse(fields[1]), CronFieldParser.Hour.Parse(fields[2]),
            CronFieldParser.DayOfMonth.Parse(fields[3]), CronFieldParser.Month.Parse(fields[4]), CronFieldParser.DayOfWeek.Parse(fields[5]));
        return read.IsPossible ? read : throw new FormatException("no date has such a day, month and day of week");
    }
}
