using System.Text.Json;
using CeleryNet.Diagnostics;
using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.Scheduling;

/// <summary>
/// Reads Celery's <c>beat_schedule</c> as JSON. Where Python has objects, JSON has what they are made of: <c>30.0</c> or <c>{"minutes": 5}</c> for an interval, <c>{"crontab": {"minute": 0, "hour":
/// "8"}}</c>, <c>{"solar": {"event": "sunset", "lat": 52.5, "lon": 13.4}}</c>.
/// </summary>
internal static class CelerySchedule
{
    private static readonly string[] CrontabFields = ["minute", "hour", "day_of_week", "day_of_month", "month_of_year"];

    /// <exception cref="TaskQueueConfigurationException">Something cannot be read; the message names path, value and what is allowed.</exception>
    internal static IEnumerable<BeatEntry> Read(string text, string? zone)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(text);
        }
        catch (JsonException error)
        {
            throw new TaskQueueConfigurationException(ErrorCodes.InvalidConfiguration, $"beat_schedule is no JSON: {error.Message}", error);
        }

        using (document)
        {
            return [.. Properties(document.RootElement, "beat_schedule").Select(entry => ReadEntry(entry.Name, entry.Value, zone))];
        }
    }

    private static BeatEntry ReadEntry(string name, JsonElement json, string? zone)
    {
        var path = $"beat_schedule:{Printable.Limit(name)}";
        string? task = null;
        JsonElement schedule = default, args = default, kwargs = default;
        CallOptions? options = null;
        var isAnchored = false;
        foreach (var property in Properties(json, path))
        {
            var (value, own) = (property.Value, $"{path}:{property.Name}");
            switch (property.Name)
            {
                case "task": task = Text(value, own); break;
                case "schedule": schedule = value; break;
                case "args": args = Of(value, JsonValueKind.Array, own, "a list").Clone(); break;
                case "kwargs": kwargs = Of(value, JsonValueKind.Object, own, "an object").Clone(); break;
                case "options": options = ReadOptions(value, own); break;
                case "relative": isAnchored = value.ValueKind == JsonValueKind.True; break;
                default: throw Bad(own, "is not a known key. Known are task, schedule, args, kwargs, options, relative");
            }
        }

        if (string.IsNullOrWhiteSpace(task)) throw Bad($"{path}:task", "is missing but must be the wire name of a task");
        var call = new Signature(new TaskDefinition(task), new RawArguments(args, kwargs), options);
        return new BeatEntry(name, ReadSchedule(schedule, $"{path}:schedule", zone, isAnchored), call);
    }

    private static ISchedule ReadSchedule(JsonElement json, string path, string? zone, bool isAnchored)
    {
        if (json.ValueKind == JsonValueKind.Number) return Every(TimeSpan.FromSeconds(json.GetDouble()), path, isAnchored);
        var properties = Properties(json, path).ToDictionary(property => property.Name, property => property.Value);
        if (properties.Count == 1 && properties.TryGetValue("crontab", out var crontab)) return ReadSchedule(crontab, $"{path}:crontab", zone, isAnchored);
        if (properties.Count == 1 && properties.TryGetValue("solar", out var solar)) return ReadSolar(solar, $"{path}:solar");
        if (properties.Count == 1 && properties.TryGetValue("clocked", out var clocked)) return Schedule.At(Moment(clocked, $"{path}:clocked"));
        if (properties.Keys.All(CrontabFields.Contains)) return ReadCrontab(properties, path, zone);
        return Every(properties.Aggregate(TimeSpan.Zero, (sum, part) => sum + PartOf(part.Key, part.Value, path)), path, isAnchored);
    }

    private static Crontab ReadCrontab(Dictionary<string, JsonElement> fields, string path, string? zone)
    {
        string[] values = [.. CrontabFields.Select(field => fields.TryGetValue(field, out var value) ? FieldOf(value, $"{path}:{field}") : "*")];
        try
        {
            return Crontab.Of(values[0], values[1], values[2], values[3], values[4], zone);
        }
        catch (TaskQueueConfigurationException error)
        {
            throw Bad(path, $"cannot be used: {error.Reason.TrimEnd('.')}");
        }
    }

    private static ISchedule ReadSolar(JsonElement json, string path)
    {
        var properties = Properties(json, path).ToDictionary(property => property.Name, property => property.Value);
        if (!properties.TryGetValue("event", out var name) || !properties.TryGetValue("lat", out var latitude) || !properties.TryGetValue("lon", out var longitude))
            throw Bad(path, "must have event, lat and lon");
        if (!Enum.TryParse<SolarEvent>(Text(name, path).Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var solarEvent) || !Enum.IsDefined(solarEvent))
            throw Bad($"{path}:event", $"is '{Printable.Limit(name.GetString())}' but must be one of Celery's, such as sunset or dawn_civil");
        try
        {
            return Schedule.Solar(solarEvent, Number(latitude, $"{path}:lat"), Number(longitude, $"{path}:lon"));
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw Bad(path, $"cannot be used: {Printable.Limit(error.Message)}");
        }
    }

    private static CallOptions ReadOptions(JsonElement json, string path)
    {
        var options = new CallOptions();
        foreach (var property in Properties(json, path))
        {
            var (value, own) = (property.Value, $"{path}:{property.Name}");
            switch (property.Name)
            {
                case "queue": options.Queue = Text(value, own); break;
                case "exchange": options.Exchange = Text(value, own); break;
                case "routing_key": options.RoutingKey = Text(value, own); break;
                case "priority": options.Priority = (int)Number(value, own); break;
                case "countdown": options.Countdown = Seconds(value, own); break;
                case "expires" when value.ValueKind == JsonValueKind.String: options.ExpiresAt = Moment(value, own); break;
                case "expires": options.Expires = Seconds(value, own); break;
                case "eta": options.Eta = Moment(value, own); break;
                case "time_limit": options.TimeLimit = Seconds(value, own); break;
                case "soft_time_limit": options.SoftTimeLimit = Seconds(value, own); break;
                case "ignore_result": options.IgnoreResult = value.ValueKind == JsonValueKind.True; break;
                case "shadow": options.Shadow = Text(value, own); break;
                case "compression": options.Compression = Text(value, own); break;
                case "headers":
                    foreach (var header in Properties(value, own)) options.Headers[header.Name] = PlainJson.ValueOf(header.Value);
                    break;
                case "serializer" when value.ValueKind == JsonValueKind.String && value.GetString() == "json": break;
                default: throw Bad(own, "is not an option that is known here. Known are queue, exchange, routing_key, priority, countdown, expires, eta, time_limit, soft_time_limit, ignore_result, shadow, compression, headers, and serializer as json");
            }
        }

        return options;
    }

    private static ISchedule Every(TimeSpan interval, string path, bool isAnchored)
    {
        if (interval < Schedule.ShortestInterval) throw Bad(path, $"is {interval} but must be at least 0.001 seconds");
        return isAnchored ? Schedule.Every(interval, DateTimeOffset.UnixEpoch) : Schedule.Every(interval);
    }

    private static TimeSpan PartOf(string unit, JsonElement json, string path) => unit switch
    {
        "seconds" => TimeSpan.FromSeconds(Number(json, $"{path}:{unit}")),
        "minutes" => TimeSpan.FromMinutes(Number(json, $"{path}:{unit}")),
        "hours" => TimeSpan.FromHours(Number(json, $"{path}:{unit}")),
        "days" => TimeSpan.FromDays(Number(json, $"{path}:{unit}")),
        _ => throw Bad($"{path}:{Printable.Limit(unit)}", $"is not a known key. A schedule is seconds, {{seconds, minutes, hours, days}}, {{crontab}} with {string.Join(", ", CrontabFields)}, {{solar}} or {{clocked}}"),
    };

    // A number, a text such as "*/15", or a list of both.
    private static string FieldOf(JsonElement json, string path) => json.ValueKind switch
    {
        JsonValueKind.Number => json.GetRawText(),
        JsonValueKind.String => json.GetString()!, // it is text
        JsonValueKind.Array => string.Join(',', json.EnumerateArray().Select(item => FieldOf(item, path))),
        _ => throw Bad(path, "must be a number, a text such as */15, or a list of these"),
    };

    private static JsonElement.ObjectEnumerator Properties(JsonElement json, string path) => Of(json, JsonValueKind.Object, path, "an object").EnumerateObject();

    private static JsonElement Of(JsonElement json, JsonValueKind kind, string path, string what) => json.ValueKind == kind ? json : throw Bad(path, $"must be {what}");

    private static string Text(JsonElement json, string path) => Of(json, JsonValueKind.String, path, "a text").GetString()!; // it is text

    private static double Number(JsonElement json, string path) => Of(json, JsonValueKind.Number, path, "a number").GetDouble();

    private static TimeSpan Seconds(JsonElement json, string path) => TimeSpan.FromSeconds(Number(json, path));

    private static DateTimeOffset Moment(JsonElement json, string path) =>
        WireTime.TryParse(Text(json, path), out var moment) ? moment : throw Bad(path, $"is '{Printable.Limit(json.GetString())}' but must be a moment such as 2026-03-01T08:00:00+00:00");

    private static TaskQueueConfigurationException Bad(string path, string what) => new(ErrorCodes.InvalidConfiguration, $"{path} {what}.");
}
