using System.Globalization;
using System.Text.Json;
using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.Scheduling;

/// <summary>Entries as the JSON that a store keeps. The same entry gives the same text, by which a change of the code is seen.</summary>
internal static class EntryJson
{
    /// <exception cref="MessageFormatException">An argument cannot be written.</exception>
    internal static string Write(BeatEntry entry, WireOptions wire)
    {
        using var buffer = WireBuffer.Rent();
        var json = buffer.Json;
        json.WriteStartObject();
        json.WriteString("task", entry.Task.Name);
        json.WriteStartArray("args");
        entry.Task.Arguments.WritePositional(new ArgumentWriter(json, wire));
        json.WriteEndArray();
        json.WriteStartObject("kwargs");
        entry.Task.Arguments.WriteKeyword(new ArgumentWriter(json, wire));
        json.WriteEndObject();
        json.WriteStartObject("options");
        CallOptionsJson.Write(json, entry.Task.Options, wire);
        json.WriteEndObject();
        json.WritePropertyName("schedule");
        ScheduleJson.Write(json, entry.Schedule);
        json.WriteString("misfire", entry.Misfire.ToString());
        json.WriteNumber("catch_up_limit", entry.CatchUpLimit);
        if (entry.MaxRuns is { } most) json.WriteNumber("max_runs", most);
        if (entry.Start is { } start) json.WriteString("start", Text(start));
        if (entry.End is { } end) json.WriteString("end", Text(end));
        json.WriteString("jitter", entry.Jitter.ToString("c", CultureInfo.InvariantCulture));
        json.WriteBoolean("paused", entry.IsPaused);
        json.WriteEndObject();
        buffer.Flush();
        return System.Text.Encoding.UTF8.GetString(buffer.Span);
    }

    /// <summary>The entry of a definition.</summary>
    /// <param name="name">Name of the entry.</param>
    /// <param name="definition">What <see cref="Write"/> gave.</param>
    /// <param name="own">The entry of this name in the code of this host, whose schedule may be a class and whose task has a policy.</param>
    /// <exception cref="FormatException">It cannot be read or made here.</exception>
    internal static BeatEntry Read(string name, string definition, BeatEntry? own)
    {
        try
        {
            using var document = JsonDocument.Parse(definition);
            var json = document.RootElement;
            var task = ScheduleJson.Text(json.GetProperty("task"));
            var call = new Signature(
                own?.Task.Name == task ? own.Task.Definition : new TaskDefinition(task),
                new RawArguments(json.GetProperty("args").Clone(), json.GetProperty("kwargs").Clone()),
                CallOptionsJson.Read(json.GetProperty("options")));
            return new BeatEntry(name, ScheduleJson.Read(json.GetProperty("schedule"), own?.Schedule), call)
            {
                Misfire = Enum.Parse<MisfirePolicy>(ScheduleJson.Text(json.GetProperty("misfire"))),
                CatchUpLimit = json.GetProperty("catch_up_limit").GetInt32(),
                MaxRuns = json.TryGetProperty("max_runs", out var most) ? most.GetInt32() : null,
                Start = json.TryGetProperty("start", out var start) ? ScheduleJson.MomentOf(start) : null,
                End = json.TryGetProperty("end", out var end) ? ScheduleJson.MomentOf(end) : null,
                Jitter = TimeSpan.ParseExact(ScheduleJson.Text(json.GetProperty("jitter")), "c", CultureInfo.InvariantCulture),
                IsPaused = json.GetProperty("paused").GetBoolean(),
            };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException or OverflowException or TaskQueueConfigurationException)
        {
            throw new FormatException((error as TaskQueueException)?.Reason ?? error.Message, error);
        }
    }

    /// <summary>Name of the task, schedule as JSON, and whether it is paused; also where the entry cannot be made here.</summary>
    internal static (string Task, string Schedule, bool IsPaused) TimeOf(string definition)
    {
        using var document = JsonDocument.Parse(definition);
        var json = document.RootElement;
        return (ScheduleJson.Text(json.GetProperty("task")), json.GetProperty("schedule").GetRawText(), json.GetProperty("paused").GetBoolean());
    }

    private static string Text(DateTimeOffset moment) => moment.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);
}
