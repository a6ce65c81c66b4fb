using System.Text;
using CeleryNet.Serialization;

namespace CeleryNet.Signatures;

/// <summary>
/// Shows a signature as Python does: <c>math.add(2, 2) | math.add(4)</c>, <c>group([…])</c>, a chord as its body called with the header, <c>%math.sum([…])</c>. Names stay whole, where Python leaves
/// out a module that was named before.
/// </summary>
internal static class SignaturePrinter
{
    private const int LongestList = 100; // letters of what a map runs over, as in Celery

    internal static string Print(SignatureDocument document)
    {
        var text = new StringBuilder();
        Append(document, text);
        return text.ToString();
    }

    private static void Append(SignatureDocument document, StringBuilder text)
    {
        switch (document.Kind)
        {
            case SignatureKind.Chain when document.Members.Count == 0: text.Append("<chain: empty>"); break;
            case SignatureKind.Chain: AppendJoined(document.Members, " | ", text); break;
            case SignatureKind.Group when document.Members.Count == 0: text.Append("group(<empty>)"); break;
            case SignatureKind.Group: AppendList(document, "group(", text); break;
            case SignatureKind.Chord when document.Body is null: AppendList(document, "<chord without body: ", text, ">"); break;
            case SignatureKind.Chord: AppendChord(document, document.Body, text); break;
            default: AppendTask(document, "", text); break;
        }
    }

    private static void AppendChord(SignatureDocument chord, SignatureDocument body, StringBuilder text)
    {
        var header = new StringBuilder("[");
        AppendJoined(chord.Members, ", ", header);
        var list = header.Append(']').ToString();
        text.Append('%');
        if (body.Kind == SignatureKind.Task)
        {
            AppendTask(body, list, text);
        }
        else if (body is { Kind: SignatureKind.Chain, Members.Count: > 0 } && body.Members[0].Kind == SignatureKind.Task)
        {
            AppendTask(body.Members[0], list, text);
            foreach (var step in body.Members.Skip(1))
            {
                text.Append(" | ");
                Append(step, text);
            }
        }
        else
        {
            Append(body, text);
            text.Append('(').Append(list).Append(')');
        }
    }

    private static void AppendTask(SignatureDocument task, string first, StringBuilder text)
    {
        if (AppendMap(task, text)) return;
        var arguments = PythonRepr.OfTuple(task.Arguments.Span);
        var positional = arguments is ['(', .., ')'] ? arguments[1..^1] : arguments;
        if (positional.EndsWith(',')) positional = positional[..^1]; // (1,) is a tuple, f(1) a call
        string[] parts = [first, positional, .. Keywords(task)];
        text.Append(task.Task).Append('(').AppendJoin(", ", parts.Where(part => part.Length > 0)).Append(')');
    }

    private static IEnumerable<string> Keywords(SignatureDocument task)
    {
        if (task.Keywords.Span.SequenceEqual("{}"u8)) return [];
        return JsonParts.Fields(task.Keywords).Select(field => $"{field.Key}={PythonRepr.Of(field.Value.Span)}");
    }

    // celery.map and celery.starmap as the comprehensions that they are.
    private static bool AppendMap(SignatureDocument map, StringBuilder text)
    {
        if (map.Task is not ("celery.map" or "celery.starmap")) return false;
        var keywords = JsonParts.Fields(map.Keywords);
        if (!keywords.Has("task") || !keywords.Has("it")) return false;
        var items = PythonRepr.Of(keywords["it"].Span);
        var name = JsonParts.ReadText(keywords["task"]) ?? SignatureDocument.Read(keywords["task"]).Task;
        text.Append('[').Append(name).Append(map.Task == "celery.map" ? "(x)" : "(*x)").Append(" for x in ");
        text.Append(items.Length > LongestList ? $"{items.AsSpan(0, LongestList - 3)}..." : items).Append(']');
        return true;
    }

    private static void AppendList(SignatureDocument document, string opening, StringBuilder text, string closing = ")")
    {
        text.Append(opening).Append('[');
        AppendJoined(document.Members, ", ", text);
        text.Append(']').Append(closing);
    }

    private static void AppendJoined(List<SignatureDocument> documents, string separator, StringBuilder text)
    {
        for (var i = 0; i < documents.Count; i++)
        {
            if (i > 0) text.Append(separator);
            Append(documents[i], text);
        }
    }
}
