using System.Buffers;
using System.Text.Json;
using CeleryNet.Diagnostics;

namespace CeleryNet.Serialization;

/// <summary>What Python's json writes beyond the standard: the bare words NaN, Infinity and -Infinity. For packages that read or write values of Python themselves.</summary>
public static class JsonDialect
{
    /// <summary>Options for readers of messages: strict JSON, bounded depth.</summary>
    internal static JsonReaderOptions ReaderOptions(WireOptions options) => new() { MaxDepth = options.MaxDepth };

    /// <summary>True for what <see cref="Utf8JsonReader"/> throws at bad input: syntax, or text that is not valid Unicode.</summary>
    internal static bool IsUnreadable(Exception error) => error is JsonException or InvalidOperationException;

    /// <summary>Parses, and if that fails once more with the bare words in quotes, so that ordinary JSON never pays for them.</summary>
    /// <param name="json">The text.</param>
    /// <param name="state">Handed to <paramref name="parse"/>.</param>
    /// <param name="parse">Called once or twice; what it throws for bad input is a <see cref="JsonException"/> or an <see cref="InvalidOperationException"/>.</param>
    /// <param name="code">Code of the error.</param>
    /// <param name="what">What the text is, for the error.</param>
    /// <exception cref="MessageFormatException">It is not JSON.</exception>
    public static T Parse<T, TState>(ReadOnlyMemory<byte> json, TState state, Func<ReadOnlyMemory<byte>, TState, T> parse, string code, string what)
    {
        try
        {
            return parse(json, state);
        }
        catch (Exception error) when (IsUnreadable(error))
        {
            var cause = error;
            if (QuoteBareFloats(json.Span) is { } quoted)
            {
                try
                {
                    return parse(quoted, state);
                }
                catch (Exception second) when (IsUnreadable(second))
                {
                    cause = second;
                }
            }

            throw new MessageFormatException(code, $"{what} of {json.Length} bytes is not JSON: {Printable.Limit(cause.Message)}", cause);
        }
    }

    /// <summary>Nothing may follow the value on whose end the reader stands.</summary>
    /// <exception cref="JsonException">Something does.</exception>
    internal static void EnsureEnd(ref Utf8JsonReader reader, string what)
    {
        if (reader.Read()) throw new JsonException($"something follows {what}");
    }

    /// <summary>
    /// Puts quotes around the bare words, with their capital escaped: as text they read as usual, and <see cref="IsBareFloat"/> still tells them from a text that Python sent.
    /// </summary>
    /// <returns>The new text, or <c>null</c> when there was no such word.</returns>
    internal static byte[]? QuoteBareFloats(ReadOnlySpan<byte> json)
    {
        ArrayBufferWriter<byte>? output = null;
        var copied = 0;
        for (var i = 0; i < json.Length; i++)
        {
            if (json[i] == (byte)'"')
            {
                for (i++; i < json.Length && json[i] != (byte)'"'; i++)
                    if (json[i] == (byte)'\\') i++;
                continue;
            }

            var (length, quoted) = WordAt(json[i..]);
            if (length == 0) continue;
            output ??= new ArrayBufferWriter<byte>(json.Length + 64);
            output.Write(json[copied..i]);
            output.Write("\""u8);
            output.Write(quoted);
            output.Write("\""u8);
            i += length - 1;
            copied = i + 1;
        }

        if (output is null) return null;
        output.Write(json[copied..]);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>True when the reader stands on a bare word that was put in quotes.</summary>
    public static bool IsBareFloat(ref Utf8JsonReader reader, out double value)
    {
        value = 0;
        if (!reader.ValueIsEscaped) return false;
        if (reader.ValueSpan.SequenceEqual(NotANumber)) value = double.NaN;
        else if (reader.ValueSpan.SequenceEqual(Infinite)) value = double.PositiveInfinity;
        else if (reader.ValueSpan.SequenceEqual(NegativeInfinite)) value = double.NegativeInfinity;
        return value != 0;
    }

    private static ReadOnlySpan<byte> NotANumber => "\\u004eaN"u8;

    private static ReadOnlySpan<byte> Infinite => "\\u0049nfinity"u8;

    private static ReadOnlySpan<byte> NegativeInfinite => "-\\u0049nfinity"u8;

    private static Word WordAt(ReadOnlySpan<byte> json) => json[0] switch
    {
        (byte)'N' when json.StartsWith("NaN"u8) => new Word(3, NotANumber),
        (byte)'I' when json.StartsWith("Infinity"u8) => new Word(8, Infinite),
        (byte)'-' when json.StartsWith("-Infinity"u8) => new Word(9, NegativeInfinite),
        _ => default,
    };

    private readonly ref struct Word(int length, ReadOnlySpan<byte> quoted)
    {
        private readonly ReadOnlySpan<byte> _quoted = quoted;

        internal void Deconstruct(out int count, out ReadOnlySpan<byte> text)
        {
            count = length;
            text = _quoted;
        }
    }
}
