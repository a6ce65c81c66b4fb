using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using CeleryNet.Serialization;

namespace CeleryNet.Sql.Pickling;

/// <summary>Shows what a pickle holds as JSON, as Python's json and kombu would have written it: tuples and sets as lists, bytes as base64, keys as text.</summary>
internal sealed class PickleJson
{
    // What JSON escapes, and the byte that begins half of a surrogate pair; most letters of Korean begin with it too.
    private static readonly SearchValues<byte> Escaped = SearchValues.Create([.. Enumerable.Range(0, 32).Select(static code => (byte)code), (byte)'"', (byte)'\\', 0xED]);

    private readonly Utf8JsonWriter _json;
    private readonly PickleLimits _limits;
    private int _values;

    private PickleJson(Utf8JsonWriter json, PickleLimits limits) => (_json, _limits) = (json, limits);

    /// <summary>Reads a pickle and writes it as JSON.</summary>
    /// <exception cref="MessageFormatException">The pickle is refused, or has no form in JSON.</exception>
    internal static void Write(Utf8JsonWriter json, ReadOnlyMemory<byte> pickle, PickleLimits? limits = null) =>
        new PickleJson(json, limits ?? PickleLimits.Default).Write(PickleReader.Read(pickle, limits), 0);

    /// <summary>The same as bytes.</summary>
    /// <exception cref="MessageFormatException">The pickle is refused, or has no form in JSON.</exception>
    internal static byte[] Convert(ReadOnlyMemory<byte> pickle, PickleLimits? limits = null)
    {
        using var buffer = WireBuffer.Rent();
        Write(buffer.Json, pickle, limits);
        buffer.Flush();
        return buffer.Span.ToArray();
    }

    // A list may hold itself, and one that is referred to a thousand times may hold another such: depth and length are bounded here, where they come to light.
    private void Write(object? value, int depth)
    {
        if (depth > _limits.MaxDepth) throw PickleError.Whole($"it is nested deeper than {_limits.MaxDepth}, or holds itself");
        if (++_values > _limits.MaxValues) throw PickleError.Whole($"it holds more than {_limits.MaxValues} values");
        if (_json.BytesCommitted + _json.BytesPending > _limits.MaxJsonBytes) throw PickleError.Whole($"as JSON it has more than {_limits.MaxJsonBytes} bytes");
        switch (value)
        {
            case null: _json.WriteNullValue(); break;
            case bool truth: _json.WriteBooleanValue(truth); break;
            case long number: _json.WriteNumberValue(number); break;
            case BigInteger number: Raw(number.ToString(CultureInfo.InvariantCulture)); break;
            case double number: Raw(PythonText.Float(number)); break;
            case PickleText text: Write(text); break;
            case PickleUuid { Text: { } text }: _json.WriteStringValue(text); break;
            case ReadOnlyMemory<byte> bytes: _json.WriteBase64StringValue(bytes.Span); break;
            case PickleList list: Write(list, depth); break;
            case PickleDictionary dictionary: Write(dictionary, depth); break;
            default: throw PickleError.Whole($"a {value.GetType().Name} is no value of its own");
        }
    }

    private void Write(PickleList list, int depth)
    {
        _json.WriteStartArray();
        foreach (var item in list.Items) Write(item, depth + 1);
        _json.WriteEndArray();
    }

    private void Write(PickleDictionary dictionary, int depth)
    {
        _json.WriteStartObject();
        foreach (var (key, value) in dictionary.Items)
        {
            WriteKey(key);
            Write(value, depth + 1);
        }

        _json.WriteEndObject();
    }

    private void WriteKey(object? key)
    {
        switch (key)
        {
            case PickleText text when PythonText.LoneSurrogate(text.Utf8.Span) < 0: _json.WritePropertyName(text.Utf8.Span); break;
            case PickleText: throw PickleError.Whole("a key has half of a surrogate pair");
            case null: _json.WritePropertyName("null"u8); break;
            case bool truth: _json.WritePropertyName(truth ? "true"u8 : "false"u8); break;
            case long number: _json.WritePropertyName(number.ToString(CultureInfo.InvariantCulture)); break;
            case BigInteger number: _json.WritePropertyName(number.ToString(CultureInfo.InvariantCulture)); break;
            case double number: _json.WritePropertyName(PythonText.Float(number)); break;
            default: throw PickleError.Whole("a key is neither text nor a number, so it has no form in JSON");
        }
    }

    // Not the writer's own text: it would escape what lies beyond 16 bits, and refuse half of a pair.
    private void Write(PickleText text)
    {
        var output = new ArrayBufferWriter<byte>(text.Utf8.Length + 16);
        output.Write("\""u8);
        var utf8 = text.Utf8.Span;
        while (!utf8.IsEmpty)
        {
            var plain = utf8.IndexOfAny(Escaped);
            output.Write(plain < 0 ? utf8 : utf8[..plain]);
            if (plain < 0) break;
            utf8 = utf8[plain..];
            var consumed = Escape(output, utf8);
            utf8 = utf8[consumed..];
        }

        output.Write("\""u8);
        _json.WriteRawValue(output.WrittenSpan, skipInputValidation: true);
    }

    private static int Escape(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> utf8)
    {
        if (utf8[0] == 0xED && PythonText.LoneSurrogate(utf8[..Math.Min(3, utf8.Length)]) == 0)
        {
            output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)PythonText.Surrogate(utf8):x4}")));
            return 3;
        }

        if (utf8[0] == 0xED) output.Write(utf8[..1]);
        else if (utf8[0] < ' ') output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)utf8[0]:x4}")));
        else output.Write<byte>([(byte)'\\', utf8[0]]);
        return 1;
    }

    private void Raw(string json) => _json.WriteRawValue(json, skipInputValidation: true);
}
