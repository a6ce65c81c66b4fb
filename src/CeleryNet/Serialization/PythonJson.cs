using System.Buffers;
using System.Globalization;
using System.Text;

namespace CeleryNet.Serialization;

/// <summary>
/// Writes JSON as Python's <c>json.dumps</c> does: a blank behind comma and colon, everything outside ASCII as <c>\uXXXX</c>. For places where Python compares texts and not values.
/// </summary>
internal static class PythonJson
{
    /// <summary>Appends <paramref name="json"/>, which is valid, in Python's form. Numbers stay as they are.</summary>
    internal static void Write(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        for (var i = 0; i < json.Length; i++)
        {
            switch (json[i])
            {
                case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                    break;
                case (byte)',':
                    output.Write(", "u8);
                    break;
                case (byte)':':
                    output.Write(": "u8);
                    break;
                case (byte)'"':
                    output.Write("\""u8);
                    i += WriteText(json[(i + 1)..], output);
                    break;
                default:
                    output.Write(json.Slice(i, 1));
                    break;
            }
        }
    }

    // Returns how many bytes were read, the closing quote among them.
    private static int WriteText(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        Span<char> units = stackalloc char[2];
        var read = 0;
        while (json[read] != (byte)'"')
        {
            if (json[read] == (byte)'\\' && json[read + 1] == (byte)'u')
            {
                WriteUnit((char)int.Parse(json.Slice(read + 2, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture), output);
                read += 6;
            }
            else if (json[read] == (byte)'\\')
            {
                output.Write(json[read + 1] == (byte)'/' ? "/"u8 : json.Slice(read, 2));
                read += 2;
            }
            else if (json[read] < 0x80)
            {
                WriteUnit((char)json[read++], output);
            }
            else
            {
                Rune.DecodeFromUtf8(json[read..], out var rune, out var length);
                foreach (var unit in units[..rune.EncodeToUtf16(units)]) WriteUnit(unit, output);
                read += length;
            }
        }

        output.Write("\""u8);
        return read + 1;
    }

    private static void WriteUnit(char unit, IBufferWriter<byte> output)
    {
        switch (unit)
        {
            case '"': output.Write("\\\""u8); break;
            case '\\': output.Write("\\\\"u8); break;
            case '\n': output.Write("\\n"u8); break;
            case '\r': output.Write("\\r"u8); break;
            case '\t': output.Write("\\t"u8); break;
            case '\f': output.Write("\\f"u8); break;
            case '\b': output.Write("\\b"u8); break;
            case < ' ' or > '\u007f': output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}"))); break;
            default: output.Write([(byte)unit]); break;
        }
    }
}
