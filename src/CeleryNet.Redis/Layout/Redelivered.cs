using System.Text.Json;

namespace CeleryNet.Redis.Layout;

/// <summary>Marks an envelope as handed out before, as kombu does: <c>headers.redelivered</c> and <c>properties.delivery_info.redelivered</c>.</summary>
internal static class Redelivered
{
    private const int MaxDepth = 512;

    private readonly record struct Edit(int Start, int End, byte[] Text);

    /// <summary>The marked envelope, and its priority. Every other byte stays as it was; what cannot be read stays whole.</summary>
    internal static (byte[] Envelope, int Priority) Mark(ReadOnlySpan<byte> envelope)
    {
        var edits = new List<Edit>(2);
        var priority = 0;
        try
        {
            var reader = new Utf8JsonReader(envelope, new JsonReaderOptions { MaxDepth = MaxDepth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return (envelope.ToArray(), 0);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("headers"u8)) MarkObject(ref reader, edits);
                else if (reader.ValueTextEquals("properties"u8)) ReadProperties(ref reader, edits, ref priority);
                else reader.Skip();
            }
        }
        catch (JsonException)
        {
            return (envelope.ToArray(), priority);
        }

        return (Apply(envelope, edits), priority);
    }

    private static void ReadProperties(ref Utf8JsonReader reader, List<Edit> edits, ref int priority)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("delivery_info"u8)) MarkObject(ref reader, edits);
            else if (reader.ValueTextEquals("priority"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var value)) priority = value;
                else reader.Skip();
            }
            else reader.Skip();
        }
    }

    private static void MarkObject(ref Utf8JsonReader reader, List<Edit> edits)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        var isEmpty = true;
        var isMarked = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            isEmpty = false;
            var isMark = reader.ValueTextEquals("redelivered"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (!isMark) continue;
            edits.Add(new Edit(start, (int)reader.BytesConsumed, "true"u8.ToArray()));
            isMarked = true;
        }

        var end = (int)reader.TokenStartIndex;
        if (!isMarked) edits.Add(new Edit(end, end, isEmpty ? "\"redelivered\": true"u8.ToArray() : ", \"redelivered\": true"u8.ToArray()));
    }

    private static byte[] Apply(ReadOnlySpan<byte> envelope, List<Edit> edits)
    {
        edits.Sort(static (one, other) => one.Start.CompareTo(other.Start));
        var length = envelope.Length;
        foreach (var edit in edits) length += edit.Text.Length - (edit.End - edit.Start);
        var output = new byte[length];
        var from = 0;
        var to = 0;
        foreach (var edit in edits)
        {
            envelope[from..edit.Start].CopyTo(output.AsSpan(to));
            to += edit.Start - from;
            edit.Text.CopyTo(output.AsSpan(to));
            to += edit.Text.Length;
            from = edit.End;
        }

        envelope[from..].CopyTo(output.AsSpan(to));
        return output;
    }
}
