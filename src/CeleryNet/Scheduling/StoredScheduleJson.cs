using System.Globalization;
using System.Text.Json;
using CeleryNet.Serialization;

namespace CeleryNet.Scheduling;

/// <summary>What a store keeps of one beat as JSON: for stores that keep text.</summary>
public static class StoredScheduleJson
{
    private const string Moment = "O"; // to the tick: an interval counts from it

    /// <summary>A schedule as one JSON object.</summary>
    public static byte[] Write(StoredSchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        return Write(schedule, static (json, schedule) => Write(json, schedule));
    }

    /// <summary>Progress as a JSON list.</summary>
    public static byte[] Write(IReadOnlyCollection<EntryProgress> progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        return Write(progress, static (json, progress) => Write(json, progress));
    }

    /// <summary>Reads a schedule.</summary>
    /// <exception cref="FormatException">The JSON is none.</exception>
    public static StoredSchedule ReadSchedule(ReadOnlyMemory<byte> json) => Read(json, static element => ReadSchedule(element));

    /// <summary>Reads progress.</summary>
    /// <exception cref="FormatException">The JSON is none.</exception>
    public static IReadOnlyList<EntryProgress> ReadProgress(ReadOnlyMemory<byte> json) => Read(json, static element => ReadProgress(element));

    internal static void Write(Utf8JsonWriter json, StoredSchedule schedule)
    {
        json.WriteStartObject();
        json.WriteNumber("version", schedule.Version);
        json.WriteStartArray("entries");
        foreach (var entry in schedule.Entries)
        {
            json.WriteStartObject();
            json.WriteString("name", entry.Name);
            json.WriteString("origin", entry.Origin.ToString());
            json.WriteString("since", Text(entry.Since));
            json.WritePropertyName("definition");
            json.WriteRawValue(entry.Definition);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WritePropertyName("progress");
        Write(json, schedule.Progress);
        json.WriteEndObject();
    }

    internal static StoredSchedule ReadSchedule(JsonElement json) => new(
        json.GetProperty("version").GetInt64(),
        [.. json.GetProperty("entries").EnumerateArray().Select(entry => new StoredEntry(
            TextOf(entry, "name"), entry.GetProperty("definition").GetRawText(), MomentOf(entry, "since"), Enum.Parse<EntryOrigin>(TextOf(entry, "origin"))))],
        ReadProgress(json.GetProperty("progress")));

    private static void Write(Utf8JsonWriter json, IReadOnlyCollection<EntryProgress> progress)
    {
        json.WriteStartArray();
        foreach (var each in progress)
        {
            json.WriteStartObject();
            json.WriteString("name", each.Name);
            json.WriteString("last_run", Text(each.LastRun));
            json.WriteString("last_sent", Text(each.LastSent));
            json.WriteNumber("total_runs", each.TotalRuns);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static List<EntryProgress> ReadProgress(JsonElement json) => [.. json.EnumerateArray().Select(progress => new EntryProgress(
        TextOf(progress, "name"), MomentOf(progress, "last_run"), MomentOf(progress, "last_sent"), progress.GetProperty("total_runs").GetInt64()))];

    private static byte[] Write<T>(T value, Action<Utf8JsonWriter, T> write)
    {
        using var buffer = WireBuffer.Rent();
        write(buffer.Json, value);
        buffer.Flush();
        return buffer.Span.ToArray();
    }

    private static T Read<T>(ReadOnlyMemory<byte> text, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return read(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            throw new FormatException(error.Message, error);
        }
    }

    private static string Text(DateTimeOffset moment) => moment.ToUniversalTime().ToString(Moment, CultureInfo.InvariantCulture);

    private static string TextOf(JsonElement json, string name) => json.GetProperty(name).GetString() ?? throw new FormatException($"'{name}' is null");

    private static DateTimeOffset MomentOf(JsonElement json, string name) =>
        DateTimeOffset.ParseExact(TextOf(json, name), Moment, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
}
