using System.Text.Json;
using CeleryNet.Control;

namespace CeleryNet.Worker.Commands;

/// <summary>Revoked ids as workers tell them to each other: <c>{id: [seconds, id]}</c>.</summary>
internal static class RevokedMap
{
    /// <summary>
    /// Writes the ids. The seconds are the monotonic clock's, which Python compares with its own and forgets what is 3 hours old; they are those of now, since here an id is kept for longer.
    /// </summary>
    internal static void Write(Utf8JsonWriter writer, List<string> ids, TimeProvider time)
    {
        var now = (double)time.GetTimestamp() / time.TimestampFrequency;
        writer.WriteStartObject();
        foreach (var id in ids)
        {
            writer.WriteStartArray(id);
            writer.WriteSeconds(now);
            writer.WriteStringValue(id);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    /// <summary>The ids of such a map; empty for anything else. The times mean nothing to another host.</summary>
    internal static List<string> Read(JsonElement revoked)
    {
        var ids = new List<string>();
        if (revoked.ValueKind != JsonValueKind.Object) return ids;
        return CommandArguments.Read(revoked, static map => map.EnumerateObject().Take(RevocationTable.Most).Select(static known => known.Name).ToList());
    }
}
