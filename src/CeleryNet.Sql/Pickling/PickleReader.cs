using System.Buffers.Binary;
using System.Numerics;

namespace CeleryNet.Sql.Pickling;

/// <summary>
/// Reads pickles of plain data: null, bool, numbers, text, bytes, lists, tuples, sets and dictionaries, and of Python's classes only the few of <see cref="PickleClasses"/>, as values. Everything else is
/// refused by name and position. Nothing is ever executed, looked up or loaded: a class is a name here, and the only calls are those that this code spells out.
/// </summary>
internal sealed partial class PickleReader
{
    private readonly ReadOnlyMemory<byte> _input;
    private readonly PickleLimits _limits;
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private int _position;
    private int _opcodePosition;
    private PickleOpcode _opcode;
    private int _values;

    private PickleReader(ReadOnlyMemory<byte> input, PickleLimits limits) => (_input, _limits) = (input, limits);

    /// <summary>Reads one pickle.</summary>
    /// <exception cref="CeleryNet.MessageFormatException">It is damaged, larger than allowed, or holds more than plain data.</exception>
    internal static object? Read(ReadOnlyMemory<byte> pickle, PickleLimits? limits = null)
    {
        var reader = new PickleReader(pickle, limits ?? PickleLimits.Default);
        if (pickle.Length > reader._limits.MaxBytes) throw PickleError.Whole($"it has {pickle.Length} bytes, the limit is {reader._limits.MaxBytes}");
        return reader.Run();
    }

    private object? Run()
    {
        while (true)
        {
            _opcodePosition = _position;
            _opcode = (PickleOpcode)Take(1)[0];
            if (_opcode == PickleOpcode.Stop) return End();
            Step();
            if (_stack.Count > _limits.MaxValues || _memo.Count > _limits.MaxValues) throw Refuse($"it holds more than {_limits.MaxValues} values");
        }
    }

    private object? End()
    {
        if (_marks.Count > 0 || _stack.Count != 1) throw Refuse($"{_stack.Count} values are left instead of one");
        if (_stack[0] is PickleClass) throw Refuse("it is a class, not a value");
        if (_position != _input.Length) throw Refuse($"{_input.Length - _position} bytes follow");
        return _stack[0];
    }

    private void Step()
    {
        switch (_opcode)
        {
            case PickleOpcode.Proto: ReadProtocol(); break;
            case PickleOpcode.Frame: ReadFrame(); break;
            case PickleOpcode.None: Push(null); break;
            case PickleOpcode.NewTrue: Push(true); break;
            case PickleOpcode.NewFalse: Push(false); break;
            case PickleOpcode.BinInt1: Push((long)Take(1)[0]); break;
            case PickleOpcode.BinInt2: Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case PickleOpcode.BinInt: Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case PickleOpcode.Long1: PushInteger(Take(1)[0]); break;
            case PickleOpcode.Long4: PushInteger(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))); break;
            case PickleOpcode.BinFloat: Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case PickleOpcode.ShortBinUnicode: Push(Text(Take(1)[0])); break;
            case PickleOpcode.BinUnicode: Push(Text(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case PickleOpcode.BinUnicode8: Push(Text(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)))); break;
            case PickleOpcode.ShortBinBytes: Push(Slice(Take(1)[0])); break;
            case PickleOpcode.BinBytes: Push(Slice(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case PickleOpcode.BinBytes8 or PickleOpcode.ByteArray8: Push(Slice(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)))); break;
            case PickleOpcode.Int or PickleOpcode.Long or PickleOpcode.Float or PickleOpcode.Unicode: StepLine(); break;
            case PickleOpcode.Put or PickleOpcode.BinPut or PickleOpcode.LongBinPut or PickleOpcode.Memoize
                or PickleOpcode.Get or PickleOpcode.BinGet or PickleOpcode.LongBinGet:
                StepMemo(); break;
            case PickleOpcode.Global or PickleOpcode.StackGlobal or PickleOpcode.Reduce or PickleOpcode.NewObj or PickleOpcode.Build: StepClass(); break;
            default: StepContainer(); break;
        }
    }

    private void ReadProtocol()
    {
        var protocol = Take(1)[0];
        if (_opcodePosition != 0 || protocol > 5) throw Refuse($"protocol {protocol} at this place is unknown; 0 to 5 are read");
    }

    // Only a hint for whoever reads from a stream; what it promises must be there all the same.
    private void ReadFrame()
    {
        var length = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
        if (length > (ulong)(_input.Length - _position)) throw Refuse($"it promises {length} bytes where {_input.Length - _position} are left");
    }

    private void PushInteger(uint length)
    {
        if (length > _limits.MaxIntegerBytes) throw Refuse($"a whole number of {length} bytes; the limit is {_limits.MaxIntegerBytes}");
        PushInteger(new BigInteger(Take(length)));
    }

    private void PushInteger(BigInteger number)
    {
        if (number >= long.MinValue && number <= long.MaxValue) Push((long)number);
        else Push(number);
    }

    private PickleText Text(ulong length)
    {
        var utf8 = Slice(length);
        if (!PythonText.IsValid(utf8.Span)) throw Refuse("its text is not UTF-8");
        return new PickleText(utf8);
    }

    private void Push(object? value)
    {
        if (++_values > _limits.MaxValues) throw Refuse($"it holds more than {_limits.MaxValues} values");
        _stack.Add(value);
    }

    private object? Pop()
    {
        if (_stack.Count <= Floor) throw Refuse("it takes a value where none is");
        var value = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object? Peek() => _stack.Count > Floor ? _stack[^1] : throw Refuse("it takes a value where none is");

    // What lies below the newest mark is out of reach until the mark is taken.
    private int Floor => _marks.Count > 0 ? _marks[^1] : 0;

    private ReadOnlySpan<byte> Take(uint count) => Slice(count).Span;

    private ReadOnlyMemory<byte> Slice(ulong count)
    {
        if (count > (ulong)(_input.Length - _position)) throw Refuse($"it wants {count} bytes where {_input.Length - _position} are left");
        var taken = _input.Slice(_position, (int)count);
        _position += (int)count;
        return taken;
    }

    private CeleryNet.MessageFormatException Refuse(string reason) => PickleError.At(_opcode, _opcodePosition, reason);
}
