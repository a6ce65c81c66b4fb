using System.Globalization;
using System.Text.Json;

namespace CeleryNet.Serialization.Converters;

internal sealed class NullableConverter<T>(WireConverter<T> inner) : WireConverter<T?> where T : struct
{
    public override void Write(Utf8JsonWriter writer, T? value, WireOptions options)
    {
        if (value is { } some) inner.Write(writer, some, options);
        else writer.WriteNullValue();
    }

    public override T? Read(ref Utf8JsonReader reader, WireOptions options) => reader.TokenType == JsonTokenType.Null ? null : inner.Read(ref reader, options);
}

/// <summary>Any list-like type; <paramref name="make"/> turns the list that was read into it.</summary>
internal sealed class ListConverter<TList, T>(WireConverter<T> inner, Func<List<T>, TList> make) : WireConverter<TList?> where TList : class, IEnumerable<T>
{
    public override void Write(Utf8JsonWriter writer, TList? value, WireOptions options)
    {
        if (value is null)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartArray();
        foreach (var item in value) inner.Write(writer, item, options);
        writer.WriteEndArray();
    }

    public override TList? Read(ref Utf8JsonReader reader, WireOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != JsonTokenType.StartArray) throw WireError.Expected("a list", ref reader);
        var items = new List<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(inner.Read(ref reader, options));
        return make(items);
    }
}

/// <summary>Any dictionary-like type whose keys have a text form. JSON knows text keys only, so Python gets text whatever the key's type is.</summary>
internal sealed class DictionaryConverter<TDictionary, TKey, T>(
    Func<TKey, string> write, Func<string, TKey> read, WireConverter<T> inner, Func<Dictionary<TKey, T>, TDictionary> make)
    : WireConverter<TDictionary?> where TDictionary : class, IEnumerable<KeyValuePair<TKey, T>> where TKey : notnull
{
    public override void Write(Utf8JsonWriter writer, TDictionary? value, WireOptions options)
    {
        if (value is null)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartObject();
        foreach (var (key, item) in value)
        {
            writer.WritePropertyName(write(key));
            inner.Write(writer, item, options);
        }

        writer.WriteEndObject();
    }

    public override TDictionary? Read(ref Utf8JsonReader reader, WireOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != JsonTokenType.StartObject) throw WireError.Expected("an object", ref reader);
        var items = new Dictionary<TKey, T>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = WireText.Read(ref reader)!;
            TKey key;
            try
            {
                key = read(name);
            }
            catch (Exception error) when (error is FormatException or OverflowException or ArgumentException)
            {
                throw WireError.Cannot($"a key of the object is not a {typeof(TKey).Name}", error);
            }

            reader.Read();
            items[key] = inner.Read(ref reader, options);
        }

        return make(items);
    }
}

internal static class WireKeys
{
    internal static string OfInt64(long key) => key.ToString(CultureInfo.InvariantCulture);

    internal static long ToInt64(string text) => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    internal static string OfInt32(int key) => key.ToString(CultureInfo.InvariantCulture);

    internal static int ToInt32(string text) => int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
