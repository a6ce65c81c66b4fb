using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using CeleryNet.Diagnostics;
using CeleryNet.Serialization;

namespace CeleryNet.Sql.Pickling;

/// <summary>Writes pickles of plain data in protocol 4, which every Python that runs Celery 5 reads.</summary>
internal sealed class PickleWriter
{
    private const int MaxDepth = 256;
    private const int MaxDigits = 4300; // Python turns no longer text into a number

    private readonly ArrayBufferWriter<byte> _output = new(256);

    private PickleWriter() => Write(PickleOpcode.Proto, (PickleOpcode)4);

    /// <summary>A JSON value as a pickle.</summary>
    /// <param name="json">The value; empty is <c>null</c>.</param>
    /// <exception cref="MessageFormatException">It is not JSON.</exception>
    internal static byte[] FromJson(ReadOnlyMemory<byte> json)
    {
        var writer = new PickleWriter();
        writer.Json(json);
        return writer.End();
    }

    /// <summary>An error as Celery stores it: a dictionary whose message is a tuple of the exception's arguments.</summary>
    internal static byte[] FromError(string type, ReadOnlyMemory<byte> arguments, string? module)
    {
        var writer = new PickleWriter();
        writer.Write(PickleOpcode.EmptyDict, PickleOpcode.Mark);
        writer.Text("exc_type"u8);
        writer.Text(PythonText.FromUtf16(type));
        writer.Text("exc_message"u8);
        writer.Arguments(arguments);
        writer.Text("exc_module"u8);
        if (module is null) writer.Write(PickleOpcode.None);
        else writer.Text(PythonText.FromUtf16(module));
        writer.Write(PickleOpcode.SetItems);
        return writer.End();
    }

    private byte[] End()
    {
        Write(PickleOpcode.Stop);
        return _output.WrittenSpan.ToArray();
    }

    // Outermost a list, which becomes a tuple; or a text, which stays one.
    private void Arguments(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty) Write(PickleOpcode.EmptyTuple);
        else Json(json, isTuple: true);
    }

    private void Json(ReadOnlyMemory<byte> json, bool isTuple = false)
    {
        if (json.IsEmpty)
        {
            Write(PickleOpcode.None);
            return;
        }

        var start = _output.WrittenSpan.ToArray(); // short: the value is nearly all there is
        try
        {
            JsonDialect.Parse(
                json,
                (Writer: this, Start: start, IsTuple: isTuple),
                static (json, state) =>
                {
                    state.Writer._output.ResetWrittenCount();
                    state.Writer._output.Write(state.Start);
                    state.Writer.Convert(json.Span, state.IsTuple);
                    return true;
                },
                ErrorCodes.BadValue,
                "the result");
        }
        catch (FormatException error)
        {
            throw new MessageFormatException(ErrorCodes.BadValue, $"the result cannot be written for Python: {error.Message}", error);
        }
    }

    private void Convert(ReadOnlySpan<byte> json, bool isTuple)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray when isTuple && reader.CurrentDepth == 0: Write(PickleOpcode.Mark); break;
                case JsonTokenType.EndArray when isTuple && reader.CurrentDepth == 0: Write(PickleOpcode.Tuple); break;
                case JsonTokenType.StartArray: Write(PickleOpcode.EmptyList, PickleOpcode.Mark); break;
                case JsonTokenType.EndArray: Write(PickleOpcode.Appends); break;
                case JsonTokenType.StartObject: Write(PickleOpcode.EmptyDict, PickleOpcode.Mark); break;
                case JsonTokenType.EndObject: Write(PickleOpcode.SetItems); break;
                case JsonTokenType.Null: Write(PickleOpcode.None); break;
                case JsonTokenType.True: Write(PickleOpcode.NewTrue); break;
                case JsonTokenType.False: Write(PickleOpcode.NewFalse); break;
                case JsonTokenType.Number: Number(ref reader); break;
                default: Text(ref reader); break;
            }
        }
    }

    private void Number(ref Utf8JsonReader reader)
    {
        if (reader.ValueSpan.ContainsAny((byte)'.', (byte)'e', (byte)'E')) Float(double.Parse(reader.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture));
        else if (reader.TryGetInt64(out var number)) Integer(number);
        else if (reader.ValueSpan.Length <= MaxDigits) Integer(BigInteger.Parse(Encoding.ASCII.GetString(reader.ValueSpan), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        else throw new FormatException($"a whole number has {reader.ValueSpan.Length} digits, Python reads {MaxDigits}");
    }

    private void Text(ref Utf8JsonReader reader)
    {
        if (JsonDialect.IsBareFloat(ref reader, out var number)) Float(number);
        else if (!reader.ValueIsEscaped) Text(reader.ValueSpan);
        else Text(PythonText.FromUtf16(JsonText.Unescape(reader.ValueSpan)));
    }

    private void Text(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length <= byte.MaxValue)
        {
            Write(PickleOpcode.ShortBinUnicode, (PickleOpcode)(byte)utf8.Length);
        }
        else
        {
            Write(PickleOpcode.BinUnicode);
            BinaryPrimitives.WriteInt32LittleEndian(_output.GetSpan(4), utf8.Length);
            _output.Advance(4);
        }

        _output.Write(utf8);
    }

    private void Float(double number)
    {
        Write(PickleOpcode.BinFloat);
        BinaryPrimitives.WriteDoubleBigEndian(_output.GetSpan(8), number);
        _output.Advance(8);
    }

    private void Integer(long number)
    {
        if (number is < int.MinValue or > int.MaxValue)
        {
            Integer((BigInteger)number);
        }
        else if (number is >= 0 and <= byte.MaxValue)
        {
            Write(PickleOpcode.BinInt1, (PickleOpcode)(byte)number);
        }
        else
        {
            Write(PickleOpcode.BinInt);
            BinaryPrimitives.WriteInt32LittleEndian(_output.GetSpan(4), (int)number);
            _output.Advance(4);
        }
    }

    private void Integer(BigInteger number)
    {
        var bytes = number.ToByteArray(); // little-endian two's complement, as Python's
        if (bytes.Length <= byte.MaxValue)
        {
            Write(PickleOpcode.Long1, (PickleOpcode)(byte)bytes.Length);
        }
        else
        {
            Write(PickleOpcode.Long4);
            BinaryPrimitives.WriteInt32LittleEndian(_output.GetSpan(4), bytes.Length);
            _output.Advance(4);
        }

        _output.Write(bytes);
    }

    private void Write(PickleOpcode opcode) => Put((byte)opcode);

    private void Write(PickleOpcode first, PickleOpcode second)
    {
        Put((byte)first);
        Put((byte)second);
    }

    private void Put(byte value)
    {
        _output.GetSpan(1)[0] = value;
        _output.Advance(1);
    }
}
