using System;
using System.Globalization;
using System.Linq;

namespace CeleryNet.Scheduling;

/// <summary>
/// Reads one field of a cron expression as Celery's <c>crontab_parser</c> does: <c>*</c>, values, ranges that may wrap, steps of both, lists of all that. Compiled into the analyzers too, so that both
/// agree.
/// </summary>
internal sealed class CronFieldParser(string field, int lowest, int highest, string[]? names = null)
{
    private const int LongestShown = 40;

    internal static CronFieldParser Second { get; } = new("second", 0, 59);

    internal static CronFieldParser Minute { get; } = new("minute", 0, 59);

    internal static CronFieldParser Hour { get; } = new("hour", 0, 23);

    internal static CronFieldParser DayOfMonth { get; } = new("day of month", 1, 31);

    internal static CronFieldParser Month { get; } = new("month", 1, 12, ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]);

    internal static CronFieldParser DayOfWeek { get; } = new("day of week", 0, 6, ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]);

    /// <summary>A bit for each value.</summary>
    /// <exception cref="FormatException">The text is none of these; the message names the field, the part and what it may be.</exception>
    internal ulong Parse(string text)
    {
        ulong bits = 0;
        foreach (var part in text.Split(',')) bits |= ParsePart(part);
        return bits;
    }

    private ulong ParsePart(string part)
    {
        var slash = part.IndexOf('/');
        var range = slash < 0 ? part : part.Substring(0, slash);
        var values = RangeOf(range, part);
        if (slash < 0) return Bits(values, 1);
        if (range != "*" && range.IndexOf('-') < 0) throw Bad(part, "a step needs a range, such as 5-59/10, or *");
        var every = part.Substring(slash + 1);
        return int.TryParse(every, NumberStyles.None, CultureInfo.InvariantCulture, out var step) && step > 0
            ? Bits(values, step)
            : throw Bad(part, "a step is a number from 1 on");
    }

    private int[] RangeOf(string range, string part)
    {
        if (range == "*") return [.. Enumerable.Range(lowest, highest - lowest + 1)];
        var dash = range.IndexOf('-');
        if (dash < 0) return [ValueOf(range, part)];
        var (first, last) = (ValueOf(range.Substring(0, dash), part), ValueOf(range.Substring(dash + 1), part));
        return first <= last
            ? [.. Enumerable.Range(first, last - first + 1)]
            : [.. Enumerable.Range(first, highest - first + 1), .. Enumerable.Range(lowest, last - lowest + 1)]; // fri-mon, 22-2
    }

    private int ValueOf(string text, string part)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            if (number == 7 && ReferenceEquals(this, DayOfWeek)) return 0; // cron's other Sunday; Celery refuses it
            return number >= lowest && number <= highest ? number : throw Bad(part, $"{number} is not from {lowest} to {highest}");
        }

        // Three letters or the whole name.
        var index = names is null || text.Length < 3 ? -1 : Array.FindIndex(names, name => text.Length == 3 ? name.StartsWith(text, StringComparison.OrdinalIgnoreCase) : name.Equals(text, StringComparison.OrdinalIgnoreCase));
        return index >= 0 ? index + lowest : throw Bad(part, text.Length == 0 ? "a value is missing" : $"'{Shown(text)}' is no value from {lowest} to {highest}{(names is null ? "" : $" and no name such as '{names[1].Substring(0, 3)}'")}");
    }

    private static ulong Bits(int[] values, int step)
    {
        ulong bits = 0;
        for (long i = 0; i < values.Length; i += step) bits |= 1UL << values[i];
        return bits;
    }

    private FormatException Bad(string part, string why) => new($"its {field} '{Shown(part)}' cannot be read: {why}");

    private static string Shown(string text)
    {
        var start = text.Substring(0, Math.Min(text.Length, LongestShown));
        return start.Length == text.Length ? text : start + "…";
    }
}
