namespace CeleryNet.Sql.Pickling;

/// <content>Lists, tuples, sets and dictionaries.</content>
internal sealed partial class PickleReader
{
    private void StepContainer()
    {
        switch (_opcode)
        {
            case PickleOpcode.Mark: _marks.Add(_stack.Count); break;
            case PickleOpcode.Pop: DropOne(); break;
            case PickleOpcode.PopMark: TakeMarked(); break;
            case PickleOpcode.Dup: Push(Peek()); break;
            case PickleOpcode.EmptyList: Push(new PickleList(PickleListKind.List, [])); break;
            case PickleOpcode.EmptyTuple: Push(new PickleList(PickleListKind.Tuple, [])); break;
            case PickleOpcode.EmptySet: Push(new PickleList(PickleListKind.Set, [])); break;
            case PickleOpcode.EmptyDict: Push(new PickleDictionary()); break;
            case PickleOpcode.List: Push(new PickleList(PickleListKind.List, TakeMarked())); break;
            case PickleOpcode.Tuple: Push(new PickleList(PickleListKind.Tuple, TakeMarked())); break;
            case PickleOpcode.FrozenSet: Push(new PickleList(PickleListKind.Set, TakeMarked())); break;
            case PickleOpcode.Tuple1: PushTuple(1); break;
            case PickleOpcode.Tuple2: PushTuple(2); break;
            case PickleOpcode.Tuple3: PushTuple(3); break;
            case PickleOpcode.Append: AddTo(PickleListKind.List, [PopValue()]); break;
            case PickleOpcode.Appends: AddTo(PickleListKind.List, TakeMarked()); break;
            case PickleOpcode.AddItems: AddTo(PickleListKind.Set, TakeMarked()); break;
            case PickleOpcode.Dict: PushDictionary(TakeMarked()); break;
            case PickleOpcode.SetItem: SetOne(); break;
            case PickleOpcode.SetItems: SetMarked(); break;
            default: throw Refuse(OnlyPlainData);
        }
    }

    private void PushTuple(int count)
    {
        var items = new List<object?>(count);
        for (var i = 0; i < count; i++) items.Add(PopValue());
        items.Reverse();
        Push(new PickleList(PickleListKind.Tuple, items));
    }

    private void AddTo(PickleListKind kind, List<object?> items)
    {
        if (Peek() is not PickleList list || list.Kind != kind) throw Refuse("it adds to something that takes nothing");
        list.Items.AddRange(items);
    }

    private void PushDictionary(List<object?> items)
    {
        var dictionary = new PickleDictionary();
        Fill(dictionary, items);
        Push(dictionary);
    }

    private void SetOne()
    {
        var value = PopValue();
        var key = PopValue();
        Dictionary().Items.Add(new(key, value));
    }

    private void SetMarked()
    {
        var items = TakeMarked();
        Fill(Dictionary(), items);
    }

    private PickleDictionary Dictionary() => Peek() as PickleDictionary ?? throw Refuse("it sets an item of something that has none");

    private void Fill(PickleDictionary dictionary, List<object?> items)
    {
        if (items.Count % 2 != 0) throw Refuse("a key has no value");
        for (var i = 0; i < items.Count; i += 2) dictionary.Items.Add(new(items[i], items[i + 1]));
    }

    // As in Python, a mark may be what is dropped.
    private void DropOne()
    {
        if (_marks.Count > 0 && _marks[^1] == _stack.Count) _marks.RemoveAt(_marks.Count - 1);
        else Pop();
    }

    private List<object?> TakeMarked()
    {
        if (_marks.Count == 0) throw Refuse("no mark is set");
        var start = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        var items = _stack.GetRange(start, _stack.Count - start);
        if (items.Exists(static item => item is PickleClass)) throw Refuse("a class is no value");
        _stack.RemoveRange(start, items.Count);
        return items;
    }

    private object? PopValue() => Pop() is var value && value is PickleClass ? throw Refuse("a class is no value") : value;
}
