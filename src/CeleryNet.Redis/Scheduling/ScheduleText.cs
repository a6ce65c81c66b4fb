using System.Globalization;
using System.Text.Json;
using CeleryNet.Scheduling;
using CeleryNet.Serialization;

namespace CeleryNet.Redis.Scheduling;

/// <summary>Entries and their progress as JSON objects, the fields of the hashes.</summary>
internal static class ScheduleText
{
    private const string Moment = "O"; // to the tick: an interval counts from it

    internal static byte[] Write(StoredEntry entry)
    {
        using var buffer = WireBuffer.Rent();
        buffer.Json.WriteStartObject();
        buffer.Json.WriteString("origin", entry.Origin.ToString());
        buffer.Json.WriteString("since", Text(entry.Since));
        buffer.Json.WritePropertyName("definition");
        buffer.Json.WriteRawValue(entry.Definition);
        buffer.Json.WriteEndObject();
        buffer.Flush();
        return buffer.Span.ToArray();
    }

    internal static string Write(EntryProgress progress) =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"last_run":"{{Text(progress.LastRun)}}","last_sent":"{{Text(progress.LastSent)}}","total_runs":{{progress.TotalRuns}}}""");

    /// <summary>Reads an entry; <c>null</c> when it is not one of ours.</summary>
    internal static StoredEntry? ReadEntry(string name, byte[] text) => Read(text, json => new StoredEntry(
        name, json.GetProperty("definition").GetRawText(), MomentOf(json, "since"), Enum.Parse<EntryOrigin>(json.GetProperty("origin").GetString() ?? "")));

    /// <summary>Reads what follows the two numbers; <c>null</c> when it is not one of ours.</summary>
    internal static EntryProgress? ReadProgress(string name, byte[] text)
    {
        var start = text.AsSpan().IndexOf((byte)'{');
        return start < 0 ? null : Read(text.AsMemory(start), json => new EntryProgress(name, MomentOf(json, "last_run"), MomentOf(json, "last_sent"), json.GetProperty("total_runs").GetInt64()));
    }

    private static T? Read<T>(ReadOnlyMemory<byte> text, Func<JsonElement, T> read) where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return read(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static string Text(DateTimeOffset moment) => moment.ToUniversalTime().ToString(Moment, CultureInfo.InvariantCulture);

    private static DateTimeOffset MomentOf(JsonElement json, string name) =>
        DateTimeOffset.ParseExact(json.GetProperty(name).GetString() ?? "", Moment, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
}
