using System.Globalization;
using System.Text.Json;

namespace CeleryNet.Scheduling;

/// <summary>Schedules as JSON. A class of the user's own has only its text there, by which nobody can make it again.</summary>
internal static class ScheduleJson
{
    private const string Moment = "O";

    internal static void Write(Utf8JsonWriter json, ISchedule schedule)
    {
        json.WriteStartObject();
        switch (schedule)
        {
            case Crontab crontab:
                json.WriteString("cron", crontab.Expression);
                json.WriteString("zone", crontab.Zone.Id);
                break;
            case IntervalSchedule interval:
                json.WriteString("every", interval.Length.ToString("c", CultureInfo.InvariantCulture));
                if (interval.Anchor is { } anchor) json.WriteString("anchor", anchor.ToString(Moment, CultureInfo.InvariantCulture));
                break;
            case ClockedSchedule clocked:
                json.WriteString("at", clocked.Due.ToString(Moment, CultureInfo.InvariantCulture));
                break;
            case SolarSchedule solar:
                json.WriteString("solar", solar.Event.ToString());
                json.WriteNumber("latitude", solar.Latitude);
                json.WriteNumber("longitude", solar.Longitude);
                break;
            default:
                json.WriteString("custom", TextOf(schedule));
                break;
        }

        json.WriteEndObject();
    }

    /// <summary>The schedule; of a class of the user's own <paramref name="own"/>, when that says the same of itself.</summary>
    /// <exception cref="FormatException">It cannot be made here.</exception>
    internal static ISchedule Read(JsonElement json, ISchedule? own)
    {
        if (json.TryGetProperty("cron", out var cron)) return Crontab.Parse(Text(cron), Text(json.GetProperty("zone")));
        if (json.TryGetProperty("every", out var every))
        {
            var length = TimeSpan.ParseExact(Text(every), "c", CultureInfo.InvariantCulture);
            return json.TryGetProperty("anchor", out var anchor) ? Schedule.Every(length, MomentOf(anchor)) : Schedule.Every(length);
        }

        if (json.TryGetProperty("at", out var at)) return Schedule.At(MomentOf(at));
        if (json.TryGetProperty("solar", out var solar))
            return Schedule.Solar(Enum.Parse<SolarEvent>(Text(solar)), json.GetProperty("latitude").GetDouble(), json.GetProperty("longitude").GetDouble());
        var text = Text(json.GetProperty("custom"));
        return own is not null && TextOf(own) == text ? own : throw new FormatException($"its schedule '{Diagnostics.Printable.Limit(text)}' is a class that this host does not have");
    }

    internal static bool IsKnown(ISchedule schedule) => schedule is Crontab or IntervalSchedule or ClockedSchedule or SolarSchedule;

    internal static string TextOf(ISchedule schedule) => schedule.ToString() ?? schedule.GetType().Name;

    internal static DateTimeOffset MomentOf(JsonElement json) => DateTimeOffset.ParseExact(Text(json), Moment, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);

    internal static string Text(JsonElement json) => json.GetString() ?? throw new FormatException("a text is null");
}
