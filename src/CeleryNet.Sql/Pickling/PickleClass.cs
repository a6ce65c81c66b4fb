namespace CeleryNet.Sql.Pickling;

/// <summary>The classes of Python that are read as the values they stand for. Tokens of this reader: no type of either side is loaded by them.</summary>
internal enum PickleClass
{
    DateTime,
    Date,
    Time,
    TimeDelta,
    TimeZone,
    Decimal,
    OrderedDictionary,
    Uuid,
    Encode,
}
