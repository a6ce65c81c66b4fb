using System.Buffers.Binary;
using System.Collections;
using System.Text;

namespace CeleryNet.RabbitMQ.Publishing;

/// <summary>
/// Writes header tables with the field types Python's client chooses: whole numbers that fit have 32 bits, longer ones 64. Text is UTF-8.
/// </summary>
internal static class AmqpTable
{
    internal const int MaxShortBytes = 255;

    internal static int Measure(IEnumerable<KeyValuePair<string, object?>> table)
    {
        var size = 4;
        foreach (var (name, value) in table) size += 1 + ShortLength(name) + MeasureValue(value);
        return size;
    }

    internal static int Measure(Dictionary<string, object?> table)
    {
        var size = 4;
        foreach (var (name, value) in table) size += 1 + ShortLength(name) + MeasureValue(value);
        return size;
    }

    internal static int Write(Span<byte> destination, Dictionary<string, object?> table)
    {
        var offset = 4;
        foreach (var (name, value) in table) offset += WriteField(destination[offset..], name, value);
        BinaryPrimitives.WriteInt32BigEndian(destination, offset - 4);
        return offset;
    }

    internal static int WriteShort(Span<byte> destination, string text)
    {
        var length = Encoding.UTF8.GetBytes(text, destination[1..]);
        destination[0] = (byte)length;
        return 1 + length;
    }

    internal static int ShortLength(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        return length <= MaxShortBytes
            ? length
            : throw new ArgumentException($"'{CeleryNet.Diagnostics.Printable.Limit(text)}' has {length} bytes but AMQP carries at most {MaxShortBytes} in a name");
    }

    private static int WriteTable(Span<byte> destination, IEnumerable<KeyValuePair<string, object?>> table)
    {
        var offset = 4;
        foreach (var (name, value) in table) offset += WriteField(destination[offset..], name, value);
        BinaryPrimitives.WriteInt32BigEndian(destination, offset - 4);
        return offset;
    }

    private static int WriteField(Span<byte> destination, string name, object? value)
    {
        var offset = WriteShort(destination, name);
        return offset + WriteValue(destination[offset..], value);
    }

    private static int MeasureValue(object? value) => value switch
    {
        null => 1,
        string text => 5 + Encoding.UTF8.GetByteCount(text),
        bool => 2,
        int => 5,
        long number => FitsInt(number) ? 5 : 9,
        double => 9,
        byte or sbyte or short or ushort => 5,
        uint => 9,
        float => 9,
        byte[] bytes => 5 + bytes.Length,
        IEnumerable<KeyValuePair<string, object?>> map => 1 + Measure(map),
        IEnumerable list => 1 + MeasureList(list),
        _ => throw Unknown(value),
    };

    private static int MeasureList(IEnumerable list)
    {
        var size = 4;
        foreach (var item in list) size += MeasureValue(item);
        return size;
    }

    private static int WriteValue(Span<byte> destination, object? value)
    {
        switch (value)
        {
            case null:
                destination[0] = (byte)'V';
                return 1;
            case string text:
                destination[0] = (byte)'S';
                var length = Encoding.UTF8.GetBytes(text, destination[5..]);
                BinaryPrimitives.WriteInt32BigEndian(destination[1..], length);
                return 5 + length;
            case bool flag:
                destination[0] = (byte)'t';
                destination[1] = flag ? (byte)1 : (byte)0;
                return 2;
            case int number: return WriteInt(destination, number);
            case long number when FitsInt(number): return WriteInt(destination, (int)number);
            case long number: return WriteLong(destination, number);
            case double number: return WriteDouble(destination, number);
            case byte or sbyte or short or ushort: return WriteInt(destination, Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture));
            case uint number: return WriteLong(destination, number);
            case float number: return WriteDouble(destination, number);
            case byte[] bytes:
                destination[0] = (byte)'x';
                BinaryPrimitives.WriteInt32BigEndian(destination[1..], bytes.Length);
                bytes.CopyTo(destination[5..]);
                return 5 + bytes.Length;
            case IEnumerable<KeyValuePair<string, object?>> map:
                destination[0] = (byte)'F';
                return 1 + WriteTable(destination[1..], map);
            case IEnumerable list:
                destination[0] = (byte)'A';
                return 1 + WriteList(destination[1..], list);
            default: throw Unknown(value);
        }
    }

    private static int WriteList(Span<byte> destination, IEnumerable list)
    {
        var offset = 4;
        foreach (var item in list) offset += WriteValue(destination[offset..], item);
        BinaryPrimitives.WriteInt32BigEndian(destination, offset - 4);
        return offset;
    }

    private static int WriteInt(Span<byte> destination, int number)
    {
        destination[0] = (byte)'I';
        BinaryPrimitives.WriteInt32BigEndian(destination[1..], number);
        return 5;
    }

    private static int WriteLong(Span<byte> destination, long number)
    {
        destination[0] = (byte)'l';
        BinaryPrimitives.WriteInt64BigEndian(destination[1..], number);
        return 9;
    }

    private static int WriteDouble(Span<byte> destination, double number)
    {
        destination[0] = (byte)'d';
        BinaryPrimitives.WriteDoubleBigEndian(destination[1..], number);
        return 9;
    }

    private static bool FitsInt(long number) => number is >= int.MinValue and <= int.MaxValue;

    private static ArgumentException Unknown(object value) => new($"a header has a value of type {value.GetType()}, which AMQP does not carry");
}
