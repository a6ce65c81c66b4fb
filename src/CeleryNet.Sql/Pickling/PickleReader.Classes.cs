using System.Text;
using CeleryNet.Diagnostics;

namespace CeleryNet.Sql.Pickling;

/// <content>The few classes that are read as values.</content>
internal sealed partial class PickleReader
{
    private const int MaxName = 128;
    private const string OnlyPlainData = "only plain data is read; no object is made and nothing is called. Let the task return JSON values, and set result_serializer to json";

    private void StepClass()
    {
        switch (_opcode)
        {
            case PickleOpcode.Global:
                var module = Name(Line());
                PushClass(module, Name(Line()));
                break;
            case PickleOpcode.StackGlobal:
                var name = Name(PopText());
                PushClass(Name(PopText()), name);
                break;
            case PickleOpcode.NewObj:
                New();
                break;
            case PickleOpcode.Build:
                Build();
                break;
            default:
                Reduce();
                break;
        }
    }

    private void PushClass(string module, string name) => Push(PickleClasses.Find(module, name) ?? throw Refuse(
        $"it names '{Printable.Limit($"{module}.{name}")}', and {OnlyPlainData}"));

    private ReadOnlySpan<byte> PopText() => Pop() is PickleText text ? text.Utf8.Span : throw Refuse("it names a class by something that is no text");

    private void Reduce()
    {
        var arguments = Pop();
        if (Pop() is not PickleClass type || arguments is not PickleList { Kind: PickleListKind.Tuple } tuple) throw Refuse("it calls something that is no known class");
        Push(PickleClasses.Make(type, tuple.Items) ?? throw Refuse($"its arguments do not make a {type}"));
    }

    // Only a uuid is made and filled so.
    private void New()
    {
        var arguments = Pop();
        if (Pop() is not PickleClass.Uuid || arguments is not PickleList { Kind: PickleListKind.Tuple, Items.Count: 0 }) throw Refuse(OnlyPlainData);
        Push(new PickleUuid());
    }

    private void Build()
    {
        var state = Pop();
        if (Peek() is not PickleUuid { Text: null } uuid || state is not PickleDictionary fields) throw Refuse(OnlyPlainData);
        uuid.Text = PickleClasses.Uuid(fields) ?? throw Refuse("its state does not make a uuid");
    }

    private string Name(ReadOnlySpan<byte> utf8) => utf8.Length is > 0 and <= MaxName ? Encoding.UTF8.GetString(utf8) : throw Refuse($"it needs the name of a class, of 1 to {MaxName} bytes");
}
