using System.Globalization;
using System.Text;

namespace CeleryNet.Sql.Pickling;

/// <summary>Reads the escapes of JSON text where the framework refuses: half of a surrogate pair may stand alone, as Python's json writes it.</summary>
internal static class JsonText
{
    /// <param name="escaped">Content of a text that a reader has accepted, so that its escapes are whole.</param>
    internal static string Unescape(ReadOnlySpan<byte> escaped)
    {
        var output = new StringBuilder(escaped.Length);
        while (!escaped.IsEmpty)
        {
            var plain = escaped.IndexOf((byte)'\\');
            output.Append(Encoding.UTF8.GetString(plain < 0 ? escaped : escaped[..plain]));
            if (plain < 0) break;
            var letter = escaped[plain + 1];
            var length = letter == (byte)'u' ? 6 : 2;
            output.Append(letter switch
            {
                (byte)'u' => (char)ushort.Parse(escaped.Slice(plain + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                (byte)'n' => '\n',
                (byte)'r' => '\r',
                (byte)'t' => '\t',
                (byte)'b' => '\b',
                (byte)'f' => '\f',
                _ => (char)letter,
            });
            escaped = escaped[(plain + length)..];
        }

        return output.ToString();
    }
}
