using System.Collections.Frozen;
using System.Numerics;
using System.Text.Json;
using CeleryNet.Diagnostics;
using CeleryNet.Serialization.Converters;

namespace CeleryNet.Serialization;

/// <summary>Chooses the converter of a type that is only known where a value is read or written: a result, a report. Generated code brings its own instead.</summary>
public static class TypeConverters
{
    private static readonly FrozenDictionary<Type, object> Known = new Dictionary<Type, object>
    {
        [typeof(bool)] = WireConverters.Boolean,
        [typeof(byte)] = WireConverters.Byte,
        [typeof(sbyte)] = WireConverters.SByte,
        [typeof(short)] = WireConverters.Int16,
        [typeof(ushort)] = WireConverters.UInt16,
        [typeof(int)] = WireConverters.Int32,
        [typeof(uint)] = WireConverters.UInt32,
        [typeof(long)] = WireConverters.Int64,
        [typeof(ulong)] = WireConverters.UInt64,
        [typeof(BigInteger)] = WireConverters.BigInteger,
        [typeof(float)] = WireConverters.Single,
        [typeof(double)] = WireConverters.Double,
        [typeof(decimal)] = WireConverters.Decimal,
        [typeof(string)] = WireConverters.String,
        [typeof(char)] = WireConverters.Char,
        [typeof(Guid)] = WireConverters.Guid,
        [typeof(DateTimeOffset)] = WireConverters.DateTimeOffset,
        [typeof(DateTime)] = WireConverters.DateTime,
        [typeof(DateOnly)] = WireConverters.DateOnly,
        [typeof(TimeOnly)] = WireConverters.TimeOnly,
        [typeof(TimeSpan)] = WireConverters.TimeSpan,
        [typeof(Uri)] = WireConverters.Uri,
        [typeof(byte[])] = WireConverters.Bytes,
        [typeof(JsonElement)] = WireConverters.JsonElement,
        [typeof(object)] = WireConverters.Any,
        [typeof(bool?)] = WireConverters.Nullable(WireConverters.Boolean),
        [typeof(int?)] = WireConverters.Nullable(WireConverters.Int32),
        [typeof(long?)] = WireConverters.Nullable(WireConverters.Int64),
        [typeof(double?)] = WireConverters.Nullable(WireConverters.Double),
        [typeof(decimal?)] = WireConverters.Nullable(WireConverters.Decimal),
        [typeof(Guid?)] = WireConverters.Nullable(WireConverters.Guid),
        [typeof(DateTimeOffset?)] = WireConverters.Nullable(WireConverters.DateTimeOffset),
        [typeof(string[])] = WireConverters.Array(WireConverters.String),
        [typeof(int[])] = WireConverters.Array(WireConverters.Int32),
        [typeof(long[])] = WireConverters.Array(WireConverters.Int64),
        [typeof(double[])] = WireConverters.Array(WireConverters.Double),
        [typeof(List<string>)] = WireConverters.List(WireConverters.String),
        [typeof(List<int>)] = WireConverters.List(WireConverters.Int32),
        [typeof(List<long>)] = WireConverters.List(WireConverters.Int64),
        [typeof(List<double>)] = WireConverters.List(WireConverters.Double),
        [typeof(List<object>)] = WireConverters.List(WireConverters.Any),
        [typeof(IReadOnlyList<string>)] = WireConverters.IReadOnlyList(WireConverters.String),
        [typeof(IReadOnlyList<int>)] = WireConverters.IReadOnlyList(WireConverters.Int32),
        [typeof(IReadOnlyList<long>)] = WireConverters.IReadOnlyList(WireConverters.Int64),
        [typeof(IReadOnlyList<double>)] = WireConverters.IReadOnlyList(WireConverters.Double),
        [typeof(IReadOnlyList<object>)] = WireConverters.IReadOnlyList(WireConverters.Any),
        [typeof(Dictionary<string, string>)] = WireConverters.Dictionary(WireConverters.String),
        [typeof(Dictionary<string, int>)] = WireConverters.Dictionary(WireConverters.Int32),
        [typeof(Dictionary<string, long>)] = WireConverters.Dictionary(WireConverters.Int64),
        [typeof(Dictionary<string, double>)] = WireConverters.Dictionary(WireConverters.Double),
        [typeof(Dictionary<string, object>)] = WireConverters.Dictionary(WireConverters.Any),
    }.ToFrozenDictionary();

    /// <summary>The converter of <typeparamref name="T"/>.</summary>
    /// <param name="options">Holds the metadata of the user's own types.</param>
    /// <exception cref="MessageFormatException">The type is neither known nor has JSON metadata.</exception>
    public static WireConverter<T> For<T>(WireOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (Known.TryGetValue(typeof(T), out var known)) return (WireConverter<T>)known;
        if (JsonTypes.Has(typeof(T), options)) return WireConverters.Json<T>()!; // null is read where JSON says null, as by every converter of a reference type
        throw new MessageFormatException(
            ErrorCodes.BadValue,
            $"Values of type {typeof(T)} cannot be read or written: add [JsonSerializable(typeof({typeof(T).Name}))] to a JsonSerializerContext and pass it to UseJsonContext, or pass a WireConverter");
    }
}
