using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace CeleryNet.Sql.Pickling;

/// <content>What is remembered and recalled, and the instructions of protocol 0 that end with a line feed.</content>
internal sealed partial class PickleReader
{
    private void StepMemo()
    {
        switch (_opcode)
        {
            case PickleOpcode.Memoize: _memo[(uint)_memo.Count] = Peek(); break;
            case PickleOpcode.BinPut: _memo[Take(1)[0]] = Peek(); break;
            case PickleOpcode.LongBinPut: _memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Peek(); break;
            case PickleOpcode.Put: _memo[LineIndex()] = Peek(); break;
            case PickleOpcode.BinGet: Recall(Take(1)[0]); break;
            case PickleOpcode.LongBinGet: Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))); break;
            default: Recall(LineIndex()); break;
        }
    }

    private void Recall(uint index) => Push(_memo.TryGetValue(index, out var value) ? value : throw Refuse($"nothing is remembered as {index}"));

    private uint LineIndex() => uint.TryParse(Line(), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : throw Refuse("its index is no number");

    private void StepLine()
    {
        var line = Line();
        switch (_opcode)
        {
            case PickleOpcode.Unicode:
                Push(new PickleText(PythonText.FromRawEscapes(line) ?? throw Refuse("its text is damaged")));
                break;
            case PickleOpcode.Float:
                Push(PythonText.TryParseFloat(line, out var number) ? number : throw Refuse("its number is damaged"));
                break;
            case PickleOpcode.Int when line.SequenceEqual("01"u8) || line.SequenceEqual("00"u8):
                Push(line[1] == (byte)'1');
                break;
            default:
                PushLineInteger(line);
                break;
        }
    }

    private void PushLineInteger(ReadOnlySpan<byte> line)
    {
        if (_opcode == PickleOpcode.Long && line.EndsWith("L"u8)) line = line[..^1];
        if (line.Length > _limits.MaxIntegerBytes * 5 / 2) throw Refuse($"a whole number of {line.Length} digits; the limit is {_limits.MaxIntegerBytes * 5 / 2}"); // 2.4 digits a byte
        if (!BigInteger.TryParse(Encoding.Latin1.GetString(line), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) throw Refuse("its number is damaged");
        PushInteger(number);
    }

    private ReadOnlySpan<byte> Line()
    {
        var rest = _input.Span[_position..];
        var end = rest.IndexOf((byte)'\n');
        if (end < 0) throw Refuse("its line does not end");
        _position += end + 1;
        return rest[..end];
    }
}
