using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace CeleryNet.Sql.Pickling;

/// <summary>
/// Turns what the few known classes are made of into plain values, as kombu's JSON writes them: moments in ISO 8601, a duration as its seconds, decimals and uuids as text. A time zone is an offset,
/// since Python keeps Celery's moments in UTC.
/// </summary>
internal static class PickleClasses
{
    /// <summary>The known class of a name; <c>null</c> for every other.</summary>
    internal static PickleClass? Find(string module, string name) => (module, name) switch
    {
        ("datetime", "datetime") => PickleClass.DateTime,
        ("datetime", "date") => PickleClass.Date,
        ("datetime", "time") => PickleClass.Time,
        ("datetime", "timedelta") => PickleClass.TimeDelta,
        ("datetime", "timezone") => PickleClass.TimeZone,
        ("decimal", "Decimal") => PickleClass.Decimal,
        ("uuid", "UUID") => PickleClass.Uuid,
        ("collections", "OrderedDict") => PickleClass.OrderedDictionary,
        ("_codecs", "encode") => PickleClass.Encode, // how bytes are written in protocols 0 to 2
        _ => null,
    };

    /// <summary>The value made of the arguments; <c>null</c> when they are not what that class takes.</summary>
    internal static object? Make(PickleClass type, List<object?> arguments) => (type, arguments) switch
    {
        (PickleClass.OrderedDictionary, []) => new PickleDictionary(),
        (PickleClass.Decimal, [PickleText text]) when text.Utf8.Length <= 256 && Ascii.IsValid(text.Utf8.Span) => text,
        (PickleClass.TimeDelta, [long days, long seconds, long microseconds]) => Duration(days, seconds, microseconds),
        (PickleClass.TimeZone, [double seconds]) when Math.Abs(seconds) < 86_400 => new PickleZone(TimeSpan.FromSeconds(seconds)),
        (PickleClass.TimeZone, []) => new PickleZone(TimeSpan.Zero),
        (PickleClass.DateTime, [ReadOnlyMemory<byte> { Length: 10 } state]) => Moment(state.Span, null),
        (PickleClass.DateTime, [ReadOnlyMemory<byte> { Length: 10 } state, PickleZone zone]) => Moment(state.Span, zone),
        (PickleClass.Date, [ReadOnlyMemory<byte> { Length: 4 } state]) => Day(state.Span),
        (PickleClass.Time, [ReadOnlyMemory<byte> { Length: 6 } state]) => Clock(state.Span),
        (PickleClass.Encode, [PickleText text, PickleText encoding]) when encoding.Utf8.Span.SequenceEqual("latin1"u8) => Latin(text),
        _ => null,
    };

    /// <summary>The text of a uuid that is one number in its state; <c>null</c> when it is not.</summary>
    internal static string? Uuid(PickleDictionary state)
    {
        foreach (var (key, value) in state.Items)
        {
            if (key is not PickleText name || !name.Utf8.Span.SequenceEqual("int"u8)) continue;
            var number = value is long small ? small : value as BigInteger? ?? BigInteger.MinusOne;
            return number.Sign < 0 || number.GetByteCount(isUnsigned: true) > 16 ? null : new Guid(Padded(number), bigEndian: true).ToString();
        }

        return null;
    }

    private static byte[] Padded(BigInteger number)
    {
        var bytes = new byte[16];
        var significant = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        significant.CopyTo(bytes.AsSpan(16 - significant.Length));
        return bytes;
    }

    private static object? Duration(long days, long seconds, long microseconds) =>
        Math.Abs(days) < 1_000_000 && seconds is >= 0 and < 86_400 && microseconds is >= 0 and < 1_000_000 ? days * 86_400 + seconds + microseconds / 1e6 : null;

    // Year in two bytes, month, day, hour, minute, second, microseconds in three; the first bit of the month is Python's "fold".
    private static PickleText? Moment(ReadOnlySpan<byte> state, PickleZone? zone)
    {
        if (Day(state) is not { } day || Clock(state[4..]) is not { } clock) return null;
        var offset = zone is { } known ? $"{(known.Offset < TimeSpan.Zero ? '-' : '+')}{known.Offset:hh\\:mm}" : "";
        return Text($"{Encoding.ASCII.GetString(day.Utf8.Span)}T{Encoding.ASCII.GetString(clock.Utf8.Span)}{offset}");
    }

    private static PickleText? Day(ReadOnlySpan<byte> state)
    {
        var (year, month, day) = (BinaryPrimitives.ReadUInt16BigEndian(state), state[2] & 0x7f, (int)state[3]);
        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return null;
        return Text(string.Create(CultureInfo.InvariantCulture, $"{year:0000}-{month:00}-{day:00}"));
    }

    private static PickleText? Clock(ReadOnlySpan<byte> state)
    {
        var (hour, minute, second, microsecond) = (state[0] & 0x7f, state[1], state[2], state[3] << 16 | state[4] << 8 | state[5]);
        if (hour > 23 || minute > 59 || second > 59 || microsecond > 999_999) return null;
        return Text(string.Create(CultureInfo.InvariantCulture, $"{hour:00}:{minute:00}:{second:00}{(microsecond > 0 ? $".{microsecond:000000}" : "")}"));
    }

    private static ReadOnlyMemory<byte>? Latin(PickleText text)
    {
        var letters = Encoding.UTF8.GetString(text.Utf8.Span);
        return letters.AsSpan().ContainsAnyExceptInRange('\0', 'ÿ') ? null : Encoding.Latin1.GetBytes(letters);
    }

    private static PickleText Text(string ascii) => new(Encoding.ASCII.GetBytes(ascii));
}
