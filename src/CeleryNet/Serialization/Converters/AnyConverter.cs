using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace CeleryNet.Serialization.Converters;

/// <summary>
/// Values of types known only at run time. Reads <c>null</c>, bool, long, <see cref="BigInteger"/>, double, string, <c>List&lt;object?&gt;</c>, <c>Dictionary&lt;string, object?&gt;</c>, and
/// what typed envelopes hold; writes these, every type of <see cref="WireConverters"/>, and types with JSON metadata.
/// </summary>
internal sealed class AnyConverter : WireConverter<object?>
{
    public override void Write(Utf8JsonWriter writer, object? value, WireOptions options)
    {
        switch (value)
        {
            case null: writer.WriteNullValue(); break;
            case string text: writer.WriteStringValue(text); break;
            case bool flag: writer.WriteBooleanValue(flag); break;
            case int number: writer.WriteNumberValue(number); break;
            case long number: writer.WriteNumberValue(number); break;
            case double number: WireConverters.Double.Write(writer, number, options); break;
            case float number: WireConverters.Single.Write(writer, number, options); break;
            case decimal number: WireConverters.Decimal.Write(writer, number, options); break;
            case BigInteger number: WireConverters.BigInteger.Write(writer, number, options); break;
            case byte or sbyte or short or ushort or uint: writer.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture)); break;
            case ulong number: writer.WriteNumberValue(number); break;
            case char letter: WireConverters.Char.Write(writer, letter, options); break;
            case Guid id: WireConverters.Guid.Write(writer, id, options); break;
            case DateTimeOffset moment: WireConverters.DateTimeOffset.Write(writer, moment, options); break;
            case DateTime moment: WireConverters.DateTime.Write(writer, moment, options); break;
            case DateOnly date: WireConverters.DateOnly.Write(writer, date, options); break;
            case TimeOnly time: WireConverters.TimeOnly.Write(writer, time, options); break;
            case TimeSpan duration: WireConverters.TimeSpan.Write(writer, duration, options); break;
            case Uri uri: WireConverters.Uri.Write(writer, uri, options); break;
            case byte[] bytes: WireConverters.Bytes.Write(writer, bytes, options); break;
            case Enum member: writer.WriteStringValue(member.ToString()); break;
            case JsonElement element: element.WriteTo(writer); break;
            case IDictionary map: WriteMap(writer, map, options); break;
            case IEnumerable<KeyValuePair<string, object?>> map: WriteMap(writer, map, options); break;
            case IEnumerable list when !JsonTypes.Has(value.GetType(), options): WriteList(writer, list, options); break;
            default: JsonTypes.Write(writer, value, value.GetType(), options); break;
        }
    }

    public override object? Read(ref Utf8JsonReader reader, WireOptions options)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null: return null;
            case JsonTokenType.True: return true;
            case JsonTokenType.False: return false;
            case JsonTokenType.String: return JsonDialect.IsBareFloat(ref reader, out var bare) ? bare : WireText.Read(ref reader);
            case JsonTokenType.Number: return ReadNumber(ref reader, options);
            case JsonTokenType.StartArray:
                var list = new List<object?>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) list.Add(Read(ref reader, options));
                return list;
            case JsonTokenType.StartObject:
                return TypedValue.TryOpen(ref reader, out var type, out var inner) ? ReadTyped(type, ref inner, options) : ReadMap(ref reader, options);
            default: throw WireError.Expected("a value", ref reader);
        }
    }

    /// <summary>The text of a typed envelope's value: a text, or the <c>hex</c> of a uuid.</summary>
    internal static string? TextOf(ref Utf8JsonReader value)
    {
        if (value.TokenType == JsonTokenType.String) return WireText.Read(ref value);
        if (value.TokenType != JsonTokenType.StartObject) return null;
        while (value.Read() && value.TokenType == JsonTokenType.PropertyName)
        {
            var isHex = value.ValueTextEquals("hex"u8);
            value.Read();
            if (isHex && value.TokenType == JsonTokenType.String && Guid.TryParse(WireText.Read(ref value), out var id)) return id.ToString();
            value.Skip();
        }

        return null;
    }

    private static object ReadNumber(ref Utf8JsonReader reader, WireOptions options)
    {
        if (reader.TryGetInt64(out var whole)) return whole;
        var isWhole = reader.ValueSpan.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0;
        return isWhole ? WireConverters.BigInteger.Read(ref reader, options) : reader.GetDouble();
    }

    private static object? ReadTyped(string type, ref Utf8JsonReader value, WireOptions options) => type switch
    {
        "datetime" => WireConverters.DateTimeOffset.Read(ref value, options),
        "date" => WireConverters.DateOnly.Read(ref value, options),
        "time" => WireConverters.TimeOnly.Read(ref value, options),
        "decimal" => WireConverters.Decimal.Read(ref value, options),
        "uuid" => TextOf(ref value) is { } hex && Guid.TryParse(hex, out var id) ? id : throw WireError.Expected("a uuid", ref value),
        "bytes" => System.Text.Encoding.UTF8.GetBytes(TextOf(ref value) ?? throw WireError.Expected("text", ref value)),
        "base64" => WireConverters.Bytes.Read(ref value, options),
        _ => throw WireError.Cannot("a typed value has an unknown type"), // as kombu: an unknown type name raises
    };

    private Dictionary<string, object?> ReadMap(ref Utf8JsonReader reader, WireOptions options)
    {
        var map = new Dictionary<string, object?>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = WireText.Read(ref reader)!;
            reader.Read();
            map[name] = Read(ref reader, options);
        }

        return map;
    }

    private void WriteMap(Utf8JsonWriter writer, IDictionary map, WireOptions options)
    {
        EnsureDepth(writer, options);
        writer.WriteStartObject();
        foreach (DictionaryEntry entry in map)
        {
            writer.WritePropertyName(Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? "null");
            Write(writer, entry.Value, options);
        }

        writer.WriteEndObject();
    }

    private void WriteMap(Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, object?>> map, WireOptions options)
    {
        EnsureDepth(writer, options);
        writer.WriteStartObject();
        foreach (var (name, value) in map)
        {
            writer.WritePropertyName(name);
            Write(writer, value, options);
        }

        writer.WriteEndObject();
    }

    private void WriteList(Utf8JsonWriter writer, IEnumerable list, WireOptions options)
    {
        EnsureDepth(writer, options);
        writer.WriteStartArray();
        foreach (var item in list) Write(writer, item, options);
        writer.WriteEndArray();
    }

    // A list that holds itself would end the process; no worker reads deeper than this either.
    private static void EnsureDepth(Utf8JsonWriter writer, WireOptions options)
    {
        if (writer.CurrentDepth >= options.MaxDepth) throw WireError.Cannot($"a value is nested deeper than {options.MaxDepth} levels (MaxDepth), or holds itself");
    }
}
