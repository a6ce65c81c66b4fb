using System.Text;
using System.Text.Json;

namespace CeleryNet.Serialization;

/// <summary>Shows JSON as Python's <c>repr</c> would, so that Flower, logs and <c>celery inspect</c> read the same for tasks of both languages.</summary>
public static class PythonRepr
{
    /// <summary>The longest text, as Celery's <c>argsrepr_maxsize</c>.</summary>
    public const int MaxLength = 1024;

    private const string Ellipsis = "...";

    /// <summary>A JSON array as tuple: <c>(1, 'a')</c>, with a trailing comma for one element.</summary>
    public static string OfTuple(ReadOnlySpan<byte> jsonArray) => Of(jsonArray, asTuple: true);

    /// <summary>Any JSON value.</summary>
    public static string Of(ReadOnlySpan<byte> json) => Of(json, asTuple: false);

    private static string Of(ReadOnlySpan<byte> json, bool asTuple)
    {
        if (json.SequenceEqual("[]"u8)) return asTuple ? "()" : "[]"; // the two commonest, without work
        if (json.SequenceEqual("{}"u8)) return "{}";

        var text = new StringBuilder();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 256 });
        try
        {
            reader.Read();
            if (asTuple && reader.TokenType == JsonTokenType.StartArray)
            {
                text.Append('(');
                var count = Items(ref reader, text);
                text.Append(count == 1 ? ",)" : ")");
            }
            else
            {
                Value(ref reader, text);
            }
        }
        catch (JsonException)
        {
            text.Append(Ellipsis); // bare NaN and other things only Python writes: the rest is not worth an error
        }

        if (text.Length <= MaxLength) return text.ToString();
        text.Length = MaxLength - Ellipsis.Length;
        return text.Append(Ellipsis).ToString();
    }

    private static void Value(ref Utf8JsonReader reader, StringBuilder text)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null: text.Append("None"); break;
            case JsonTokenType.True: text.Append("True"); break;
            case JsonTokenType.False: text.Append("False"); break;
            case JsonTokenType.Number: text.Append(Encoding.ASCII.GetString(reader.ValueSpan)); break;
            case JsonTokenType.String: Quote(ref reader, text); break;
            case JsonTokenType.StartArray:
                text.Append('[');
                Items(ref reader, text);
                text.Append(']');
                break;
            case JsonTokenType.StartObject:
                text.Append('{');
                for (var first = true; reader.Read() && reader.TokenType == JsonTokenType.PropertyName && text.Length <= MaxLength; first = false)
                {
                    if (!first) text.Append(", ");
                    Quote(ref reader, text);
                    text.Append(": ");
                    reader.Read();
                    Value(ref reader, text);
                }

                text.Append('}');
                break;
        }
    }

    private static int Items(ref Utf8JsonReader reader, StringBuilder text)
    {
        var count = 0;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray && text.Length <= MaxLength; count++)
        {
            if (count > 0) text.Append(", ");
            Value(ref reader, text);
        }

        return count;
    }

    private static void Quote(ref Utf8JsonReader reader, StringBuilder text)
    {
        string value;
        try
        {
            value = reader.GetString() ?? "";
        }
        catch (InvalidOperationException) // a lone surrogate
        {
            text.Append("'?'");
            return;
        }

        Quote(value.Length > MaxLength ? value.AsSpan(0, MaxLength) : value, text);
    }

    /// <summary>A text in Python's quotes: single ones unless the text holds them and no double ones; control characters escaped.</summary>
    internal static void Quote(ReadOnlySpan<char> value, StringBuilder text)
    {
        var quote = value.Contains('\'') && !value.Contains('"') ? '"' : '\'';
        text.Append(quote);
        foreach (var letter in value)
        {
            switch (letter)
            {
                case '\\': text.Append(@"\\"); break;
                case '\n': text.Append(@"\n"); break;
                case '\r': text.Append(@"\r"); break;
                case '\t': text.Append(@"\t"); break;
                case < ' ' or '\x7f': text.Append(@"\x").Append(((int)letter).ToString("x2", System.Globalization.CultureInfo.InvariantCulture)); break;
                case '\'' when quote == '\'': text.Append(@"\'"); break;
                default: text.Append(letter); break;
            }
        }

        text.Append(quote);
    }
}
