using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace CeleryNet.Sql.Pickling;

/// <summary>Text as Python keeps it: UTF-8 in which half of a surrogate pair may stand alone, in three bytes (Python's <c>surrogatepass</c>).</summary>
internal static class PythonText
{
    internal static bool IsValid(ReadOnlySpan<byte> utf8)
    {
        while (!Utf8.IsValid(utf8))
        {
            var lone = LoneSurrogate(utf8);
            if (lone < 0 || !Utf8.IsValid(utf8[..lone])) return false;
            utf8 = utf8[(lone + 3)..];
        }

        return true;
    }

    /// <summary>Where the first lone half of a pair begins; negative when there is none.</summary>
    internal static int LoneSurrogate(ReadOnlySpan<byte> utf8)
    {
        for (var from = 0; ;)
        {
            var at = utf8[from..].IndexOf((byte)0xED);
            if (at < 0) return -1;
            at += from;
            if (at + 2 < utf8.Length && utf8[at + 1] is >= 0xA0 and <= 0xBF && utf8[at + 2] is >= 0x80 and <= 0xBF) return at;
            from = at + 1;
        }
    }

    /// <summary>The half of a pair in three bytes.</summary>
    internal static char Surrogate(ReadOnlySpan<byte> utf8) => (char)(0xD000 | (utf8[1] & 0x3F) << 6 | utf8[2] & 0x3F);

    /// <summary>UTF-16, in which halves may stand alone, as Python's UTF-8.</summary>
    internal static byte[] FromUtf16(ReadOnlySpan<char> text)
    {
        var output = new ArrayBufferWriter<byte>(text.Length + 16);
        while (!text.IsEmpty)
        {
            var status = Rune.DecodeFromUtf16(text, out var rune, out var consumed);
            if (status == OperationStatus.Done) output.Advance(rune.EncodeToUtf8(output.GetSpan(4)));
            else output.Write<byte>([0xED, (byte)(0x80 | text[0] >> 6 & 0x3F), (byte)(0x80 | text[0] & 0x3F)]);
            text = text[consumed..];
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Protocol 0: Latin-1 with <c>\uXXXX</c> and <c>\UXXXXXXXX</c>; <c>null</c> when it is damaged.</summary>
    internal static byte[]? FromRawEscapes(ReadOnlySpan<byte> line)
    {
        var text = new StringBuilder(line.Length);
        for (var i = 0; i < line.Length; i++)
        {
            var digits = line[i] != (byte)'\\' || i + 1 == line.Length ? 0 : line[i + 1] switch { (byte)'u' => 4, (byte)'U' => 8, _ => 0 };
            if (digits == 0)
            {
                text.Append((char)line[i]);
                continue;
            }

            if (i + 2 + digits > line.Length || !uint.TryParse(line.Slice(i + 2, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || code > 0x10FFFF) return null;
            if (code > 0xFFFF) text.Append(char.ConvertFromUtf32((int)code));
            else text.Append((char)code);
            i += 1 + digits;
        }

        return FromUtf16(text.ToString());
    }

    /// <summary>A number as Python's <c>repr</c> writes it.</summary>
    internal static bool TryParseFloat(ReadOnlySpan<byte> text, out double number)
    {
        number = text.Length > 4 || text.IsEmpty ? 0 : Encoding.ASCII.GetString(text) switch
        {
            "nan" or "-nan" => double.NaN,
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            _ => 0,
        };
        return number != 0 || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>A number as Python's json writes it: with a point or an exponent, or one of its bare words.</summary>
    internal static string Float(double number)
    {
        if (double.IsNaN(number)) return "NaN";
        if (double.IsInfinity(number)) return number > 0 ? "Infinity" : "-Infinity";
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E') ? text : $"{text}.0";
    }
}
