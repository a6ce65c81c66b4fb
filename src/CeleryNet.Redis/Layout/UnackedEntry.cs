using System.Text.Json;

namespace CeleryNet.Redis.Layout;

/// <summary>A value of the hash <c>unacked</c>: <c>[envelope, exchange, routing key]</c>.</summary>
/// <param name="Envelope">The envelope as JSON.</param>
/// <param name="Exchange">Exchange by which it is restored; empty for the queue named by the key.</param>
/// <param name="RoutingKey">Routing key by which it is restored.</param>
internal readonly record struct UnackedEntry(ReadOnlyMemory<byte> Envelope, string Exchange, string RoutingKey)
{
    private static readonly byte[] OwnSuffixStart = ",\"\",\""u8.ToArray();

    /// <summary>What follows the envelope in entries of CeleryNet. The anonymous exchange leads Python peers back to exactly this queue; the exchange the message was
    /// published to would copy it to all its queues.</summary>
    internal static string Suffix(string queue) => $",\"\",{Encode(queue)}]";

    /// <summary>Reads a value.</summary>
    /// <returns><c>null</c> when it is not an entry.</returns>
    internal static UnackedEntry? Read(byte[] value)
    {
        try
        {
            var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = 512 });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray || !reader.Read()) return ReadOwn(value);
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var envelope = value.AsMemory(start..(int)reader.BytesConsumed);
            if (!reader.Read() || !TryText(ref reader, out var exchange) || !reader.Read() || !TryText(ref reader, out var key)) return ReadOwn(value);
            return new UnackedEntry(envelope, exchange, key);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return ReadOwn(value);
        }
    }

    // A message that is not JSON was wrapped all the same; it is to come back as it was.
    private static UnackedEntry? ReadOwn(byte[] value)
    {
        var at = value.AsSpan().LastIndexOf(OwnSuffixStart);
        if (at < 1 || value[0] != (byte)'[' || value[^1] != (byte)']') return null;
        try
        {
            var reader = new Utf8JsonReader(value.AsSpan((at + 4)..^1));
            return reader.Read() && TryText(ref reader, out var queue) ? new UnackedEntry(value.AsMemory(1..at), "", queue) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // kombu restores null as the anonymous exchange.
    private static bool TryText(ref Utf8JsonReader reader, out string text)
    {
        text = reader.TokenType == JsonTokenType.String ? reader.GetString() ?? "" : "";
        return reader.TokenType is JsonTokenType.String or JsonTokenType.Null;
    }

    private static string Encode(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
