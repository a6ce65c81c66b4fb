namespace CeleryNet.Sql.Pickling;

// What a pickle holds besides null, bool, long, BigInteger, double and byte memory.

/// <summary>Text in UTF-8 as Python writes it, where half of a surrogate pair may stand alone.</summary>
internal sealed record PickleText(ReadOnlyMemory<byte> Utf8);

/// <summary>A list, a set, or a tuple.</summary>
internal sealed class PickleList(PickleListKind kind, List<object?> items)
{
    internal PickleListKind Kind => kind;

    internal List<object?> Items => items;
}

/// <summary>What kind of list.</summary>
internal enum PickleListKind
{
    List,
    Tuple,
    Set,
}

/// <summary>A dictionary in the order of its insertions.</summary>
internal sealed class PickleDictionary
{
    internal List<KeyValuePair<object?, object?>> Items { get; } = [];
}
