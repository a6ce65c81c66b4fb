using System.Globalization;
using System.Text.Json;
using CeleryNet.Serialization;

namespace CeleryNet.Scheduling;

/// <summary>The content of a schedule file: one JSON object for all beats that use it.</summary>
internal static class ScheduleFile
{
    private const int Format = 1;
    private const string Moment = "O"; // to the tick: an interval counts from it

    internal static byte[] Write(IReadOnlyDictionary<string, ScheduleTable> beats)
    {
        using var buffer = WireBuffer.Rent();
        var json = buffer.Json;
        json.WriteStartObject();
        json.WriteNumber("format", Format);
        json.WriteStartObject("beats");
        foreach (var (name, table) in beats)
        {
            json.WriteStartObject(name);
            Write(json, table.ToSchedule());
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
        buffer.Flush();
        return buffer.Span.ToArray();
    }

    /// <exception cref="FormatException">It is no such file, or a later version's.</exception>
    internal static Dictionary<string, ScheduleTable> Read(byte[] content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            if (document.RootElement.GetProperty("format").GetInt32() != Format) throw new FormatException($"its format is not {Format}");
            return document.RootElement.GetProperty("beats").EnumerateObject().ToDictionary(beat => beat.Name, beat => ScheduleTable.Of(ReadSchedule(beat.Value)));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException(error.Message, error);
        }
    }

    /// <summary>Progress as one JSON object.</summary>
    internal static void Write(Utf8JsonWriter json, EntryProgress progress)
    {
        json.WriteStartObject();
        json.WriteString("name", progress.Name);
        json.WriteString("last_run", Text(progress.LastRun));
        json.WriteString("last_sent", Text(progress.LastSent));
        json.WriteNumber("total_runs", progress.TotalRuns);
        json.WriteEndObject();
    }

    internal static void Write(Utf8JsonWriter json, StoredEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("name", entry.Name);
        json.WriteString("origin", entry.Origin.ToString());
        json.WriteString("since", Text(entry.Since));
        json.WritePropertyName("definition");
        json.WriteRawValue(entry.Definition);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, StoredSchedule schedule)
    {
        json.WriteNumber("version", schedule.Version);
        json.WriteStartArray("entries");
        foreach (var entry in schedule.Entries) Write(json, entry);
        json.WriteEndArray();
        json.WriteStartArray("progress");
        foreach (var progress in schedule.Progress) Write(json, progress);
        json.WriteEndArray();
    }

    private static StoredSchedule ReadSchedule(JsonElement json) => new(
        json.GetProperty("version").GetInt64(),
        [.. json.GetProperty("entries").EnumerateArray().Select(entry => new StoredEntry(
            TextOf(entry, "name"), entry.GetProperty("definition").GetRawText(), MomentOf(entry, "since"), Enum.Parse<EntryOrigin>(TextOf(entry, "origin"))))],
        [.. json.GetProperty("progress").EnumerateArray().Select(progress => new EntryProgress(
            TextOf(progress, "name"), MomentOf(progress, "last_run"), MomentOf(progress, "last_sent"), progress.GetProperty("total_runs").GetInt64()))]);

    private static string Text(DateTimeOffset moment) => moment.ToUniversalTime().ToString(Moment, CultureInfo.InvariantCulture);

    private static string TextOf(JsonElement json, string name) => json.GetProperty(name).GetString() ?? throw new FormatException($"'{name}' is null");

    private static DateTimeOffset MomentOf(JsonElement json, string name) =>
        DateTimeOffset.ParseExact(TextOf(json, name), Moment, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
}
