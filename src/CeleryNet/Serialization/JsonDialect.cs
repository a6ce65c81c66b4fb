using System.Text.Json;

namespace CeleryNet.Serialization;

/// <summary>What Python's json writes beyond the standard: the bare words NaN, Infinity and -Infinity.</summary>
internal static class JsonDialect
{
    /// <summary>
    /// Puts quotes around the bare words; the converters of floats read them as text. Only called after a reader failed, so ordinary bodies never pay for it.
    /// </summary>
    /// <returns>The new text, or <c>null</c> when there was no such word.</returns>
    internal static byte[]? QuoteBareFloats(ReadOnlySpan<byte> json)
    {
        List<byte>? output = null;
        var copied = 0;
        for (var i = 0; i < json.Length; i++)
        {
            if (json[i] == (byte)'"')
            {
                for (i++; i < json.Length && json[i] != (byte)'"'; i++)
                    if (json[i] == (byte)'\\') i++;
                continue;
            }

            var length = WordAt(json[i..]);
            if (length == 0) continue;
            output ??= new List<byte>(json.Length + 16);
            output.AddRange(json[copied..i]);
            output.Add((byte)'"');
            output.AddRange(json.Slice(i, length));
            output.Add((byte)'"');
            i += length - 1;
            copied = i + 1;
        }

        if (output is null) return null;
        output.AddRange(json[copied..]);
        return [.. output];
    }

    /// <summary>Options for readers of messages: strict JSON, bounded depth.</summary>
    internal static JsonReaderOptions ReaderOptions(WireOptions options) => new() { MaxDepth = options.MaxDepth };

    private static int WordAt(ReadOnlySpan<byte> json) => json[0] switch
    {
        (byte)'N' when json.StartsWith("NaN"u8) => 3,
        (byte)'I' when json.StartsWith("Infinity"u8) => 8,
        (byte)'-' when json.StartsWith("-Infinity"u8) => 9,
        _ => 0,
    };
}
