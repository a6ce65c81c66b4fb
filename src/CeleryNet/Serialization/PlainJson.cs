using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Text;

namespace CeleryNet.Serialization;

/// <summary>
/// Writes JSON whose punctuation the caller writes itself, and whose texts need no escape, into a span of sufficient size: what is written millions of times and always looks alike. A span that is too
/// small throws.
/// </summary>
internal ref struct PlainJson(Span<byte> span)
{
    /// <summary>The longest number: a sign and 19 digits.</summary>
    internal const int NumberBytes = 20;

    // What JSON carries as it is.
    private static readonly SearchValues<char> Plain = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code).Except(['"', '\\'])]);

    private readonly Span<byte> _span = span;

    /// <summary>How many bytes were written.</summary>
    internal int Count { get; private set; }

    /// <summary>What was written.</summary>
    internal readonly ReadOnlySpan<byte> Written => _span[..Count];

    /// <summary>True for a text that <see cref="Text"/> can write. It takes as many bytes as letters, two quotes, and never less than <c>null</c>.</summary>
    internal static bool IsPlain(string? text) => text is null || !text.AsSpan().ContainsAnyExcept(Plain);

    internal void Raw(ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(_span[Count..]);
        Count += utf8.Length;
    }

    /// <summary>Writes what comes before a text, and the text in quotes; <c>null</c> for none.</summary>
    internal void Text(ReadOnlySpan<byte> before, string? text)
    {
        Raw(before);
        if (text is null)
        {
            Raw("null"u8);
            return;
        }

        _span[Count++] = (byte)'"';
        var status = Ascii.FromUtf16(text, _span[Count..], out var written);
        Debug.Assert(status == OperationStatus.Done, "the caller asked IsPlain, and for room");
        Count += written;
        _span[Count++] = (byte)'"';
    }

    internal void Number(long number)
    {
        var isWritten = Utf8Formatter.TryFormat(number, _span[Count..], out var written);
        Debug.Assert(isWritten, "the caller asked for room");
        Count += written;
    }

    /// <summary>Writes seconds with a decimal point, so that Python always reads a float. Less than zero is zero.</summary>
    internal void Seconds(TimeSpan value)
    {
        var (seconds, rest) = Math.DivRem(Math.Max(0, value.Ticks), TimeSpan.TicksPerSecond);
        Number(seconds);
        var point = Count;
        Number(TimeSpan.TicksPerSecond + rest); // all decimals, behind a 1 in the point's place
        _span[point] = (byte)'.';
    }

    internal void Id(Guid id)
    {
        var isWritten = Utf8Formatter.TryFormat(id, _span[Count..], out var written);
        Debug.Assert(isWritten, "the caller asked for room");
        Count += written;
    }

    internal void Encoded(ReadOnlySpan<byte> body)
    {
        Base64.EncodeToUtf8(body, _span[Count..], out _, out var written);
        Count += written;
    }
}
