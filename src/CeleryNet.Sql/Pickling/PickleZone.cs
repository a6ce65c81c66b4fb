namespace CeleryNet.Sql.Pickling;

/// <summary>A time zone: part of a moment, no value of its own.</summary>
internal readonly record struct PickleZone(TimeSpan Offset);
