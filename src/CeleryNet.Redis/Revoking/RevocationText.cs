using System.Text;
using System.Text.Json;
using CeleryNet.Control;
using CeleryNet.Serialization;

namespace CeleryNet.Redis.Revoking;

/// <summary>A revocation as a member of the sorted set: the JSON array <c>["task id"]</c> or <c>["stamp", "value"]</c>.</summary>
internal static class RevocationText
{
    internal static byte[] Write(Revocation revocation)
    {
        using var buffer = WireBuffer.Rent();
        buffer.Json.WriteStartArray();
        if (revocation.Stamp is not null) buffer.Json.WriteStringValue(revocation.Stamp);
        buffer.Json.WriteStringValue(revocation.Value);
        buffer.Json.WriteEndArray();
        buffer.Flush();
        return buffer.Span.ToArray();
    }

    /// <summary>Reads a member; <c>null</c> when it is not one of ours.</summary>
    internal static Revocation? Read(byte[] member)
    {
        try
        {
            using var document = JsonDocument.Parse(member);
            var parts = document.RootElement;
            if (parts.ValueKind != JsonValueKind.Array) return null;
            return parts.GetArrayLength() switch
            {
                1 => Text(parts[0]) is { } id ? Revocation.OfTask(id) : null,
                2 => Text(parts[0]) is { } stamp && Text(parts[1]) is { } value ? new Revocation(stamp, value) : null,
                _ => null,
            };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or DecoderFallbackException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString() : null;
}
