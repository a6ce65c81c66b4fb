using System.Text.Json;
using CeleryNet.Serialization;

namespace CeleryNet.Scheduling;

/// <summary>The content of a schedule file: one JSON object for all beats that use it.</summary>
internal static class ScheduleFile
{
    private const int Format = 1;

    internal static byte[] Write(IReadOnlyDictionary<string, ScheduleTable> beats)
    {
        using var buffer = WireBuffer.Rent();
        var json = buffer.Json;
        json.WriteStartObject();
        json.WriteNumber("format", Format);
        json.WriteStartObject("beats");
        foreach (var (name, table) in beats)
        {
            json.WritePropertyName(name);
            StoredScheduleJson.Write(json, table.ToSchedule());
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
            return document.RootElement.GetProperty("beats").EnumerateObject().ToDictionary(beat => beat.Name, beat => ScheduleTable.Of(StoredScheduleJson.ReadSchedule(beat.Value)));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException(error.Message, error);
        }
    }
}
