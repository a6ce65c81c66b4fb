using System.Globalization;
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
        if (asTuple && IsWholeNumbers(json)) return OfWholeNumbers(json);
        if (IsWhole(json)) return Encoding.ASCII.GetString(json);

        var text = new StringBuilder();
        if (!TryShow(json, asTuple, text) && !(JsonDialect.QuoteBareFloats(json) is { } quoted && TryShow(quoted, asTuple, text.Clear())))
            text.Append(Ellipsis); // what could be read so far; the rest is not worth an error

        if (text.Length <= MaxLength) return text.ToString();
        text.Length = MaxLength - Ellipsis.Length;
        if (char.IsHighSurrogate(text[^1])) text.Length--; // half a letter
        return text.Append(Ellipsis).ToString();
    }

    // Without a sign, so that it is no -0, and short enough to be no error of length.
    private static bool IsWhole(ReadOnlySpan<byte> json) => json.Length is > 0 and <= 19 && !json.ContainsAnyExceptInRange((byte)'0', (byte)'9') && (json[0] != (byte)'0' || json.Length == 1);

    // A list as this library writes it, without blanks: the arguments of most tasks that have only numbers.
    private static bool IsWholeNumbers(ReadOnlySpan<byte> json)
    {
        const int longest = 256;
        if (json is not [(byte)'[', .. var items, (byte)']'] || json.Length > longest) return false;
        while (true)
        {
            var length = items.IndexOf((byte)',');
            if (!IsWhole(length < 0 ? items : items[..length])) return false;
            if (length < 0) return true;
            items = items[(length + 1)..];
        }
    }

    private static string OfWholeNumbers(ReadOnlySpan<byte> json)
    {
        var items = json[1..^1];
        var commas = items.Count((byte)',');
        return string.Create(json.Length + Math.Max(commas, 1), items, static (text, items) =>
        {
            var count = 0;
            text[count++] = '(';
            foreach (var letter in items)
            {
                text[count++] = (char)letter;
                if (letter == (byte)',') text[count++] = ' ';
            }

            if (count == text.Length - 2) text[count++] = ','; // the only one
            text[count] = ')';
        });
    }

    private static bool TryShow(ReadOnlySpan<byte> json, bool asTuple, StringBuilder text)
    {
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

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void Value(ref Utf8JsonReader reader, StringBuilder text)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null: text.Append("None"); break;
            case JsonTokenType.True: text.Append("True"); break;
            case JsonTokenType.False: text.Append("False"); break;
            case JsonTokenType.Number: Number(ref reader, text); break;
            case JsonTokenType.String when JsonDialect.IsBareFloat(ref reader, out var bare):
                text.Append(double.IsNaN(bare) ? "nan" : bare > 0 ? "inf" : "-inf");
                break;
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

    private static void Number(ref Utf8JsonReader reader, StringBuilder text)
    {
        var digits = reader.ValueSpan;
        if (digits.IndexOfAny((byte)'.', (byte)'e', (byte)'E') >= 0) Float(reader.GetDouble(), text);
        else if (digits is [(byte)'-', (byte)'0']) text.Append('0');
        else text.Append(Encoding.ASCII.GetString(digits[..Math.Min(digits.Length, MaxLength + 1)]));
    }

    // Both write the shortest digits that read back the same; Python shows an exponent below 1e-4 and from 1e16 on.
    private static void Float(double value, StringBuilder text)
    {
        if (!double.IsFinite(value))
        {
            text.Append(value > 0 ? "inf" : "-inf"); // a literal such as 1e999
            return;
        }

        var shortest = value.ToString("E16", CultureInfo.InvariantCulture);
        for (var digits = 0; digits < 16; digits++)
        {
            var shorter = value.ToString($"E{digits}", CultureInfo.InvariantCulture);
            if (double.Parse(shorter, CultureInfo.InvariantCulture) != value) continue;
            shortest = shorter;
            break;
        }

        // -d.dddE+eee
        var split = shortest.IndexOf('E', StringComparison.Ordinal);
        var exponent = int.Parse(shortest.AsSpan(split + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = shortest[..split].TrimStart('-').Replace(".", "", StringComparison.Ordinal);
        if (double.IsNegative(value)) text.Append('-');
        if (value != 0 && exponent is < -4 or >= 16)
        {
            text.Append(mantissa[0]);
            if (mantissa.Length > 1) text.Append('.').Append(mantissa.AsSpan(1));
            text.Append('e').Append(exponent < 0 ? '-' : '+').Append(CultureInfo.InvariantCulture, $"{Math.Abs(exponent):00}");
            return;
        }

        if (exponent < 0) mantissa = new string('0', -exponent) + mantissa;
        mantissa = mantissa.PadRight(Math.Max(exponent, 0) + 2, '0');
        text.Append(mantissa.AsSpan(0, Math.Max(exponent, 0) + 1)).Append('.').Append(mantissa.AsSpan(Math.Max(exponent, 0) + 1));
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
        foreach (var letter in value.EnumerateRunes())
        {
            switch (letter.Value)
            {
                case '\\': text.Append(@"\\"); break;
                case '\n': text.Append(@"\n"); break;
                case '\r': text.Append(@"\r"); break;
                case '\t': text.Append(@"\t"); break;
                case ' ': text.Append(' '); break;
                case '\'' when quote == '\'': text.Append(@"\'"); break;
                default: AppendPrintable(letter, text); break;
            }
        }

        text.Append(quote);
    }

    // str.isprintable: what Unicode calls other or separator is escaped.
    private static void AppendPrintable(Rune letter, StringBuilder text)
    {
        var isPrintable = Rune.GetUnicodeCategory(letter) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
        if (isPrintable) text.Append(letter.ToString());
        else if (letter.Value < 0x100) text.Append(CultureInfo.InvariantCulture, $"\\x{letter.Value:x2}");
        else if (letter.IsBmp) text.Append(CultureInfo.InvariantCulture, $"\\u{letter.Value:x4}");
        else text.Append(CultureInfo.InvariantCulture, $"\\U{letter.Value:x8}");
    }
}
