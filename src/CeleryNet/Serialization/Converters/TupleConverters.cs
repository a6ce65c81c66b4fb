using System.Text.Json;

namespace CeleryNet.Serialization.Converters;

/// <summary>Pairs: a list of two on the wire, as Python's tuple.</summary>
internal sealed class TupleConverter<T1, T2>(WireConverter<T1> first, WireConverter<T2> second) : WireConverter<(T1, T2)>
{
    public override void Write(Utf8JsonWriter writer, (T1, T2) value, WireOptions options)
    {
        writer.WriteStartArray();
        first.Write(writer, value.Item1, options);
        second.Write(writer, value.Item2, options);
        writer.WriteEndArray();
    }

    public override (T1, T2) Read(ref Utf8JsonReader reader, WireOptions options)
    {
        TupleItems.Start(ref reader, 2);
        var result = (TupleItems.Next(ref reader, first, 2, options), TupleItems.Next(ref reader, second, 2, options));
        TupleItems.End(ref reader, 2);
        return result;
    }
}

/// <summary>Triples: a list of three on the wire.</summary>
internal sealed class TupleConverter<T1, T2, T3>(WireConverter<T1> first, WireConverter<T2> second, WireConverter<T3> third) : WireConverter<(T1, T2, T3)>
{
    public override void Write(Utf8JsonWriter writer, (T1, T2, T3) value, WireOptions options)
    {
        writer.WriteStartArray();
        first.Write(writer, value.Item1, options);
        second.Write(writer, value.Item2, options);
        third.Write(writer, value.Item3, options);
        writer.WriteEndArray();
    }

    public override (T1, T2, T3) Read(ref Utf8JsonReader reader, WireOptions options)
    {
        TupleItems.Start(ref reader, 3);
        var result = (
            TupleItems.Next(ref reader, first, 3, options),
            TupleItems.Next(ref reader, second, 3, options),
            TupleItems.Next(ref reader, third, 3, options));
        TupleItems.End(ref reader, 3);
        return result;
    }
}

internal static class TupleItems
{
    internal static void Start(ref Utf8JsonReader reader, int count)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw WireError.Expected($"a list of {count} items", ref reader);
    }

    internal static T Next<T>(ref Utf8JsonReader reader, WireConverter<T> converter, int count, WireOptions options) =>
        reader.Read() && reader.TokenType != JsonTokenType.EndArray
            ? converter.Read(ref reader, options)
            : throw WireError.Cannot($"expected a list of {count} items, got fewer");

    internal static void End(ref Utf8JsonReader reader, int count)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.EndArray) throw WireError.Cannot($"expected a list of {count} items, got more");
    }
}
