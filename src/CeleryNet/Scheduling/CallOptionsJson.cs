using System.Globalization;
using System.Text.Json;
using CeleryNet.Serialization;

namespace CeleryNet.Scheduling;

/// <summary>Options of a call as JSON; those that are not set are left out.</summary>
internal static class CallOptionsJson
{
    internal static void Write(Utf8JsonWriter json, CallOptions options, WireOptions wire)
    {
        Write(json, "queue", options.Queue);
        Write(json, "exchange", options.Exchange);
        Write(json, "routing_key", options.RoutingKey);
        Write(json, "countdown", options.Countdown);
        Write(json, "eta", options.Eta);
        Write(json, "expires", options.Expires);
        Write(json, "expires_at", options.ExpiresAt);
        if (options.ExpireAtBroker) json.WriteBoolean("expire_at_broker", true);
        if (options.Priority is { } priority) json.WriteNumber("priority", priority);
        Write(json, "shadow", options.Shadow);
        Write(json, "time_limit", options.TimeLimit);
        Write(json, "soft_time_limit", options.SoftTimeLimit);
        if (options.IgnoreResult is { } isIgnored) json.WriteBoolean("ignore_result", isIgnored);
        Write(json, "compression", options.Compression);
        if (options.Headers.Count == 0) return;
        json.WriteStartObject("headers");
        foreach (var (name, value) in options.Headers)
        {
            json.WritePropertyName(name);
            WireConverters.Any.Write(json, value, wire);
        }

        json.WriteEndObject();
    }

    internal static CallOptions Read(JsonElement json)
    {
        var options = new CallOptions();
        foreach (var property in json.EnumerateObject())
        {
            var value = property.Value;
            switch (property.Name)
            {
                case "queue": options.Queue = value.GetString(); break;
                case "exchange": options.Exchange = value.GetString(); break;
                case "routing_key": options.RoutingKey = value.GetString(); break;
                case "countdown": options.Countdown = DurationOf(value); break;
                case "eta": options.Eta = ScheduleJson.MomentOf(value); break;
                case "expires": options.Expires = DurationOf(value); break;
                case "expires_at": options.ExpiresAt = ScheduleJson.MomentOf(value); break;
                case "expire_at_broker": options.ExpireAtBroker = value.GetBoolean(); break;
                case "priority": options.Priority = value.GetInt32(); break;
                case "shadow": options.Shadow = value.GetString(); break;
                case "time_limit": options.TimeLimit = DurationOf(value); break;
                case "soft_time_limit": options.SoftTimeLimit = DurationOf(value); break;
                case "ignore_result": options.IgnoreResult = value.GetBoolean(); break;
                case "compression": options.Compression = value.GetString(); break;
                case "headers":
                    foreach (var header in value.EnumerateObject()) options.Headers[header.Name] = PlainJson.ValueOf(header.Value);
                    break;
                default: throw new FormatException($"its option '{property.Name}' is not known here");
            }
        }

        return options;
    }

    private static void Write(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null) json.WriteString(name, value);
    }

    private static void Write(Utf8JsonWriter json, string name, TimeSpan? value)
    {
        if (value is { } duration) json.WriteString(name, duration.ToString("c", CultureInfo.InvariantCulture));
    }

    private static void Write(Utf8JsonWriter json, string name, DateTimeOffset? value)
    {
        if (value is { } moment) json.WriteString(name, moment.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture));
    }

    private static TimeSpan DurationOf(JsonElement json) => TimeSpan.ParseExact(ScheduleJson.Text(json), "c", CultureInfo.InvariantCulture);
}
