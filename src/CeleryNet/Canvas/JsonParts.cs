using System.Buffers;
using System.Text.Json;
using CeleryNet.Diagnostics;
using CeleryNet.Serialization;

namespace CeleryNet.Signatures;

/// <summary>Cuts JSON into parts and puts parts together, without reading what they hold.</summary>
internal static class JsonParts
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("[]{}\""u8);

    private const int MaxDepth = 256; // as deep as a buffer writes; the body of a message has its own, narrower limit

    internal static readonly ReadOnlyMemory<byte> EmptyList = "[]"u8.ToArray();

    internal static readonly ReadOnlyMemory<byte> EmptyObject = "{}"u8.ToArray();

    internal static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = MaxDepth };

    /// <summary>The value on whose first token the reader stands; it is left on the last one.</summary>
    internal static ReadOnlyMemory<byte> Cut(ReadOnlyMemory<byte> json, ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[start..(int)reader.BytesConsumed];
    }

    /// <summary>The elements of a list; none when it is empty or null.</summary>
    /// <exception cref="MessageFormatException">It is no list.</exception>
    internal static List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> list) =>
        list.IsEmpty ? [] : JsonDialect.Parse(list, 0, static (json, _) => SplitList(json), ErrorCodes.BadMessage, "the list");

    /// <summary>
    /// Cuts the last element off a list of objects, from behind, so that the cost is that of this element alone. The list was read before: in JSON that is known to be well-formed a quote begins or ends
    /// a text, read backwards too, unless an odd number of backslashes stands before it.
    /// </summary>
    /// <param name="list">The list.</param>
    /// <param name="before">What stands before the element: the other elements between commas, without the brackets.</param>
    /// <returns>The element; empty when the list is empty, or its last element is no object.</returns>
    internal static ReadOnlyMemory<byte> CutLast(ReadOnlyMemory<byte> list, out ReadOnlyMemory<byte> before)
    {
        before = default;
        var json = list.Span.TrimEnd(" \t\r\n"u8);
        if (json is not [.., (byte)']']) return default;
        json = json[..^1].TrimEnd(" \t\r\n"u8);
        if (json is not [.., (byte)'}']) return default;
        var start = StartOfLast(json);
        var rest = json[..start].TrimEnd(" \t\r\n"u8);
        if (rest is [.., (byte)',']) rest = rest[..^1];
        var first = list.Span.IndexOf((byte)'[') + 1;
        if (rest.Length > first) before = list[first..rest.Length];
        return list[start..json.Length];
    }

    private static int StartOfLast(ReadOnlySpan<byte> json)
    {
        var (depth, end) = (0, json.Length);
        do
        {
            end = json[..end].LastIndexOfAny(Structure);
            if (json[end] == (byte)'"') end = StartOfText(json, end);
            else if (json[end] is (byte)'}' or (byte)']') depth++;
            else depth--;
        }
        while (depth > 0);

        return end;
    }

    private static int StartOfText(ReadOnlySpan<byte> json, int end)
    {
        while (true)
        {
            end = json[..end].LastIndexOf((byte)'"');
            var backslashes = end - 1 - json[..end].LastIndexOfAnyExcept((byte)'\\');
            if (backslashes % 2 == 0) return end;
        }
    }

    /// <summary>The list of the elements.</summary>
    internal static ReadOnlyMemory<byte> Join(IEnumerable<ReadOnlyMemory<byte>> elements)
    {
        using var buffer = WireBuffer.Rent();
        buffer.Write("["u8);
        var isFirst = true;
        foreach (var element in elements)
        {
            if (!isFirst) buffer.Write(","u8);
            isFirst = false;
            buffer.Write(element.Span);
        }

        buffer.Write("]"u8);
        return buffer.Span.ToArray();
    }

    /// <summary>The list with one more element in front.</summary>
    internal static ReadOnlyMemory<byte> Prepend(ReadOnlyMemory<byte> element, ReadOnlyMemory<byte> list)
    {
        var rest = IsEmptyList(list.Span) ? "]"u8.ToArray() : list[(list.Span.IndexOf((byte)'[') + 1)..];
        var joined = new byte[element.Length + rest.Length + (rest.Length == 1 ? 1 : 2)];
        joined[0] = (byte)'[';
        element.CopyTo(joined.AsMemory(1));
        if (rest.Length > 1) joined[element.Length + 1] = (byte)',';
        rest.CopyTo(joined.AsMemory(joined.Length - rest.Length));
        return joined;
    }

    /// <summary>The list with the elements of the other behind its own; what is there already is not added again, as in Celery's <c>append_to_list_option</c>.</summary>
    internal static ReadOnlyMemory<byte> AppendNew(ReadOnlyMemory<byte> list, ReadOnlyMemory<byte> others)
    {
        var elements = Elements(list);
        foreach (var other in Elements(others))
            if (!elements.Exists(known => known.Span.SequenceEqual(other.Span))) elements.Add(other);
        return Join(elements);
    }

    /// <summary>The elements of a list, or the one value where Celery accepts a single one.</summary>
    internal static List<ReadOnlyMemory<byte>> Elements(ReadOnlyMemory<byte> json) => json.IsEmpty ? [] : json.Span.TrimStart(" \t\r\n"u8) is [(byte)'[', ..] ? Split(json) : [json];

    internal static bool IsEmptyList(ReadOnlySpan<byte> list) => list.IsEmpty || list.SequenceEqual("[]"u8) || list[(list.IndexOf((byte)'[') + 1)..].TrimStart(" \t\r\n"u8) is [(byte)']', ..];

    /// <summary>A text as JSON.</summary>
    internal static ReadOnlyMemory<byte> Text(string text)
    {
        using var buffer = WireBuffer.Rent();
        buffer.Json.WriteStringValue(text);
        buffer.Flush();
        return buffer.Span.ToArray();
    }

    internal static ReadOnlyMemory<byte> Number(long number)
    {
        var digits = new byte[20];
        number.TryFormat(digits, out var length, provider: System.Globalization.CultureInfo.InvariantCulture);
        return digits.AsMemory(0, length);
    }

    /// <summary>Any value, by its run-time type.</summary>
    /// <exception cref="MessageFormatException">It cannot be written.</exception>
    internal static ReadOnlyMemory<byte> Of(object? value, WireOptions options)
    {
        using var buffer = WireBuffer.Rent();
        WireConverters.Any.Write(buffer.Json, value, options);
        buffer.Flush();
        return buffer.Span.ToArray();
    }

    /// <summary>The text; <c>null</c> when the JSON is empty or no text.</summary>
    internal static string? ReadText(ReadOnlyMemory<byte> json)
    {
        if (json.Span is not [(byte)'"', ..]) return null;
        var reader = new Utf8JsonReader(json.Span, ReaderOptions);
        reader.Read();
        return reader.GetString();
    }

    /// <summary>The fields of an object; none when it is empty.</summary>
    /// <exception cref="MessageFormatException">It is no object.</exception>
    internal static JsonFields Fields(ReadOnlyMemory<byte> json) =>
        json.IsEmpty ? new JsonFields() : JsonDialect.Parse(json, 0, static (json, _) => SplitObject(json), ErrorCodes.BadMessage, "the object");

    internal static void WriteName(WireBuffer buffer, string name)
    {
        buffer.Json.WriteStringValue(name);
        buffer.Flush();
        buffer.Write(":"u8);
    }

    private static List<ReadOnlyMemory<byte>> SplitList(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span, ReaderOptions);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray) throw new MessageFormatException(ErrorCodes.BadMessage, $"{WireError.Kind(reader.TokenType)} stands where a list must be");
        var elements = new List<ReadOnlyMemory<byte>>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) elements.Add(Cut(json, ref reader));
        return elements;
    }

    private static JsonFields SplitObject(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span, ReaderOptions);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw new MessageFormatException(ErrorCodes.BadMessage, $"{WireError.Kind(reader.TokenType)} stands where an object must be");
        return JsonFields.Read(json, ref reader);
    }
}
