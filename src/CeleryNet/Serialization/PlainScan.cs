using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace CeleryNet.Serialization;

/// <summary>
/// Walks through JSON of a known form: names in a known order, texts in plain ASCII without escapes, after commas and colons one blank, as Python writes it, or none. Everything else is told by a false, after
/// which only a real reader goes on.
/// </summary>
internal ref struct PlainScan(ReadOnlySpan<byte> json)
{
    private static readonly SearchValues<byte> Plain = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (byte)code).Except("\"\\"u8.ToArray())]);

    private readonly ReadOnlySpan<byte> _json = json;

    /// <summary>Where it stands.</summary>
    internal int Position { get; private set; }

    /// <summary>Steps over these bytes.</summary>
    internal bool Raw(ReadOnlySpan<byte> expected)
    {
        if (!_json[Position..].StartsWith(expected)) return false;
        Position += expected.Length;
        return true;
    }

    /// <summary>Steps over a name, its colon and what blank follows. <paramref name="quoted"/> has quotes and colon.</summary>
    internal bool Name(ReadOnlySpan<byte> quoted)
    {
        if (!Raw(quoted)) return false;
        Blank();
        return true;
    }

    /// <summary>Steps over a comma and a name behind it.</summary>
    internal bool Next(ReadOnlySpan<byte> quoted)
    {
        if (!Raw(","u8)) return false;
        Blank();
        return Name(quoted);
    }

    /// <summary>Steps over a text.</summary>
    internal bool Text(out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!Raw("\""u8)) return false;
        var rest = _json[Position..];
        var length = rest.IndexOfAnyExcept(Plain);
        if (length < 0 || rest[length] != (byte)'"') return false;
        text = rest[..length];
        Position += length + 1;
        return true;
    }

    /// <summary>Steps over a text that is made into a string, or over <c>null</c>.</summary>
    internal bool TextOrNull(out string? text)
    {
        text = null;
        if (Raw("null"u8)) return true;
        if (!Text(out var utf8)) return false;
        text = Encoding.ASCII.GetString(utf8);
        return true;
    }

    /// <summary>Steps over a whole number that is not negative.</summary>
    internal bool Number(out int number)
    {
        var rest = _json[Position..];
        number = 0;
        if (rest.IsEmpty || !char.IsAsciiDigit((char)rest[0]) || !Utf8Parser.TryParse(rest, out number, out var length)) return false;
        if (length > 1 && rest[0] == (byte)'0') return false; // no JSON
        Position += length;
        return length < rest.Length && rest[length] is (byte)',' or (byte)'}'; // no fraction
    }

    /// <summary>True when nothing but blanks follows.</summary>
    internal readonly bool IsAtEnd() => !_json[Position..].ContainsAnyExcept((byte)' ');

    private void Blank()
    {
        if (Position < _json.Length && _json[Position] == (byte)' ') Position++;
    }
}
