using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text.Json;
using CeleryNet.Serialization.Converters;

namespace CeleryNet.Serialization;

/// <summary>The converters of the types CeleryNet knows, each named as its type. Generated code composes them; none uses reflection.</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "Each converter is named after the type it converts.")]
public static class WireConverters
{
    /// <summary>true or false.</summary>
    public static WireConverter<bool> Boolean { get; } = new BooleanConverter();

    /// <summary>Whole number, 8 bits.</summary>
    public static WireConverter<byte> Byte { get; } = new IntegerConverter<byte>();

    /// <summary>Whole number, 8 bits, signed.</summary>
    public static WireConverter<sbyte> SByte { get; } = new IntegerConverter<sbyte>();

    /// <summary>Whole number, 16 bits.</summary>
    public static WireConverter<short> Int16 { get; } = new IntegerConverter<short>();

    /// <summary>Whole number, 16 bits, unsigned.</summary>
    public static WireConverter<ushort> UInt16 { get; } = new IntegerConverter<ushort>();

    /// <summary>Whole number, 32 bits.</summary>
    public static WireConverter<int> Int32 { get; } = new IntegerConverter<int>();

    /// <summary>Whole number, 32 bits, unsigned.</summary>
    public static WireConverter<uint> UInt32 { get; } = new IntegerConverter<uint>();

    /// <summary>Whole number, 64 bits.</summary>
    public static WireConverter<long> Int64 { get; } = new IntegerConverter<long>();

    /// <summary>Whole number, 64 bits, unsigned.</summary>
    public static WireConverter<ulong> UInt64 { get; } = new IntegerConverter<ulong>();

    /// <summary>Whole number of any size, as Python's int.</summary>
    public static WireConverter<BigInteger> BigInteger { get; } = new BigIntegerConverter();

    /// <summary>Float, 16 bits.</summary>
    public static WireConverter<Half> Half { get; } = new FloatConverter<Half>();

    /// <summary>Float, 32 bits.</summary>
    public static WireConverter<float> Single { get; } = new FloatConverter<float>();

    /// <summary>Float, 64 bits, as Python's float.</summary>
    public static WireConverter<double> Double { get; } = new FloatConverter<double>();

    /// <summary>Decimal number; text on the wire, as Python's Decimal.</summary>
    public static WireConverter<decimal> Decimal { get; } = new DecimalConverter();

    /// <summary>Text or null.</summary>
    public static WireConverter<string?> String { get; } = new StringConverter();

    /// <summary>Text of one UTF-16 unit.</summary>
    public static WireConverter<char> Char { get; } = new CharConverter();

    /// <summary>Uuid.</summary>
    public static WireConverter<Guid> Guid { get; } = new GuidConverter();

    /// <summary>Moment in time.</summary>
    public static WireConverter<DateTimeOffset> DateTimeOffset { get; } = new DateTimeOffsetConverter();

    /// <summary>Date and time.</summary>
    public static WireConverter<DateTime> DateTime { get; } = new DateTimeConverter();

    /// <summary>Date.</summary>
    public static WireConverter<DateOnly> DateOnly { get; } = new DateOnlyConverter();

    /// <summary>Time of day.</summary>
    public static WireConverter<TimeOnly> TimeOnly { get; } = new TimeOnlyConverter();

    /// <summary>Duration; seconds on the wire.</summary>
    public static WireConverter<TimeSpan> TimeSpan { get; } = new TimeSpanConverter();

    /// <summary>URI or null; text on the wire.</summary>
    public static WireConverter<Uri?> Uri { get; } = new UriConverter();

    /// <summary>Bytes or null; base64 text on the wire.</summary>
    public static WireConverter<byte[]?> Bytes { get; } = new BytesConverter();

    /// <summary>JSON as it stands.</summary>
    public static WireConverter<JsonElement> JsonElement { get; } = new JsonElementConverter();

    /// <summary>Any value; see the remarks of the type for what it becomes.</summary>
    public static WireConverter<object?> Any { get; } = new AnyConverter();

    /// <summary>Enum; the member's name on the wire, its number is read too.</summary>
    public static WireConverter<T> Enum<T>() where T : struct, Enum => new EnumConverter<T>();

    /// <summary>A value or null.</summary>
    public static WireConverter<T?> Nullable<T>(WireConverter<T> inner) where T : struct => new NullableConverter<T>(inner);

    /// <summary>A value that must not be null, by a converter that would take null.</summary>
    public static WireConverter<T> NotNull<T>(WireConverter<T?> inner) where T : class => new NotNullConverter<T>(inner);

    /// <summary>Pair; a list of two on the wire, as Python's tuple.</summary>
    public static WireConverter<(T1, T2)> Tuple<T1, T2>(WireConverter<T1> first, WireConverter<T2> second) => new TupleConverter<T1, T2>(first, second);

    /// <summary>Triple; a list of three on the wire.</summary>
    public static WireConverter<(T1, T2, T3)> Tuple<T1, T2, T3>(WireConverter<T1> first, WireConverter<T2> second, WireConverter<T3> third) =>
        new TupleConverter<T1, T2, T3>(first, second, third);

    /// <summary>One of the user's own types, through <see cref="WireOptions.JsonTypes"/>.</summary>
    public static WireConverter<T?> Json<T>() => new JsonTypeConverter<T>();

    /// <summary>Array.</summary>
    public static WireConverter<T[]?> Array<T>(WireConverter<T> inner) => new ListConverter<T[], T>(inner, static list => [.. list]);

    /// <summary>List.</summary>
    public static WireConverter<List<T>?> List<T>(WireConverter<T> inner) => new ListConverter<List<T>, T>(inner, static list => list);

    /// <summary>List by its interface.</summary>
    public static WireConverter<IList<T>?> IList<T>(WireConverter<T> inner) => new ListConverter<IList<T>, T>(inner, static list => list);

    /// <summary>Collection by its interface.</summary>
    public static WireConverter<ICollection<T>?> ICollection<T>(WireConverter<T> inner) => new ListConverter<ICollection<T>, T>(inner, static list => list);

    /// <summary>Sequence by its interface.</summary>
    public static WireConverter<IEnumerable<T>?> IEnumerable<T>(WireConverter<T> inner) => new ListConverter<IEnumerable<T>, T>(inner, static list => list);

    /// <summary>Read-only list.</summary>
    public static WireConverter<IReadOnlyList<T>?> IReadOnlyList<T>(WireConverter<T> inner) => new ListConverter<IReadOnlyList<T>, T>(inner, static list => list);

    /// <summary>Read-only collection.</summary>
    public static WireConverter<IReadOnlyCollection<T>?> IReadOnlyCollection<T>(WireConverter<T> inner) =>
        new ListConverter<IReadOnlyCollection<T>, T>(inner, static list => list);

    /// <summary>Set; a list on the wire.</summary>
    public static WireConverter<HashSet<T>?> HashSet<T>(WireConverter<T> inner) => new ListConverter<HashSet<T>, T>(inner, static list => [.. list]);

    /// <summary>Set by its interface; a list on the wire.</summary>
    public static WireConverter<ISet<T>?> ISet<T>(WireConverter<T> inner) => new ListConverter<ISet<T>, T>(inner, static list => list.ToHashSet());

    /// <summary>Read-only set; a list on the wire.</summary>
    public static WireConverter<IReadOnlySet<T>?> IReadOnlySet<T>(WireConverter<T> inner) => new ListConverter<IReadOnlySet<T>, T>(inner, static list => list.ToHashSet());

    /// <summary>Dictionary with text keys.</summary>
    public static WireConverter<Dictionary<string, T>?> Dictionary<T>(WireConverter<T> inner) => Map<Dictionary<string, T>, T>(inner, static map => map);

    /// <summary>Dictionary with text keys by its interface.</summary>
    public static WireConverter<IDictionary<string, T>?> IDictionary<T>(WireConverter<T> inner) => Map<IDictionary<string, T>, T>(inner, static map => map);

    /// <summary>Read-only dictionary with text keys.</summary>
    public static WireConverter<IReadOnlyDictionary<string, T>?> IReadOnlyDictionary<T>(WireConverter<T> inner) =>
        Map<IReadOnlyDictionary<string, T>, T>(inner, static map => map);

    /// <summary>Dictionary with keys of 32-bit numbers, text on the wire.</summary>
    public static WireConverter<Dictionary<int, T>?> Int32Dictionary<T>(WireConverter<T> inner) =>
        new DictionaryConverter<Dictionary<int, T>, int, T>(WireKeys.OfInt32, WireKeys.ToInt32, inner, static map => map);

    /// <summary>Dictionary with keys of 64-bit numbers, text on the wire.</summary>
    public static WireConverter<Dictionary<long, T>?> Int64Dictionary<T>(WireConverter<T> inner) =>
        new DictionaryConverter<Dictionary<long, T>, long, T>(WireKeys.OfInt64, WireKeys.ToInt64, inner, static map => map);

    private static DictionaryConverter<TMap, string, T> Map<TMap, T>(WireConverter<T> inner, Func<Dictionary<string, T>, TMap> make)
        where TMap : class, IEnumerable<KeyValuePair<string, T>> => new(static key => key, static key => key, inner, make);
}
