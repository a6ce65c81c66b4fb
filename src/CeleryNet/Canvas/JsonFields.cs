using System.Buffers;
using System.Collections;
using System.Text.Json;
using CeleryNet.Serialization;

namespace CeleryNet.Signatures;

/// <summary>The fields of a JSON object in their order, values cut out and not read. Few, so they are searched one by one.</summary>
internal sealed class JsonFields : IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>>
{
    private static readonly ReadOnlyMemory<byte> Null = "null"u8.ToArray();

    private readonly List<KeyValuePair<string, ReadOnlyMemory<byte>>> _fields = [];

    internal int Count => _fields.Count;

    /// <summary>The value as JSON; empty when there is none, or <c>null</c>.</summary>
    internal ReadOnlyMemory<byte> this[string name]
    {
        get
        {
            var index = IndexOf(name);
            return index < 0 || _fields[index].Value.Span.SequenceEqual(Null.Span) ? default : _fields[index].Value;
        }
    }

    internal bool Has(string name) => !this[name].IsEmpty;

    internal void Set(string name, ReadOnlyMemory<byte> json)
    {
        var field = KeyValuePair.Create(name, json.IsEmpty ? Null : json);
        var index = IndexOf(name);
        if (index < 0) _fields.Add(field);
        else _fields[index] = field;
    }

    internal void Set(string name, string text) => Set(name, JsonParts.Text(text));

    /// <summary>Sets a field that is not there or null.</summary>
    internal void TrySet(string name, string? text)
    {
        if (text is not null && !Has(name)) Set(name, text);
    }

    internal string? Text(string name) => JsonParts.ReadText(this[name]);

    internal void Remove(string name)
    {
        var index = IndexOf(name);
        if (index >= 0) _fields.RemoveAt(index);
    }

    internal JsonFields Copy()
    {
        var copy = new JsonFields();
        copy._fields.AddRange(_fields);
        return copy;
    }

    /// <summary>Writes the object into <paramref name="buffer"/>, whose JSON writer is not in use.</summary>
    internal void Write(WireBuffer buffer)
    {
        buffer.Write("{"u8);
        var isFirst = true;
        foreach (var (name, value) in _fields)
        {
            if (!isFirst) buffer.Write(","u8);
            isFirst = false;
            JsonParts.WriteName(buffer, name);
            buffer.Write(value.Span);
        }

        buffer.Write("}"u8);
    }

    /// <summary>Reads the object that the reader has entered, up to its end.</summary>
    internal static JsonFields Read(ReadOnlyMemory<byte> json, ref Utf8JsonReader reader)
    {
        var fields = new JsonFields();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!; // a name is never null
            reader.Read();
            fields.Set(name, JsonParts.Cut(json, ref reader));
        }

        return fields;
    }

    public IEnumerator<KeyValuePair<string, ReadOnlyMemory<byte>>> GetEnumerator() => _fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int IndexOf(string name)
    {
        for (var i = 0; i < _fields.Count; i++)
            if (_fields[i].Key == name) return i;
        return -1;
    }
}
