using CeleryNet.Serialization;
using CeleryNet.Signatures;
using CeleryNet.Tasks;

namespace CeleryNet.Worker.BuiltIn;

/// <summary><c>celery.accumulate</c>: returns its arguments, or the one with the given index. Body of the chord that replaces a task by a group.</summary>
internal sealed class AccumulateTask : TaskHandler
{
    public override TaskDefinition Definition { get; } = new("celery.accumulate");

    public override ValueTask InvokeAsync(TaskInvocation invocation)
    {
        var index = JsonParts.Fields(invocation.Body.KeywordArguments)["index"];
        if (index.IsEmpty)
        {
            invocation.ReturnJson(invocation.Body.Arguments.IsEmpty ? "[]"u8 : invocation.Body.Arguments.Span);
            return default;
        }

        var arguments = JsonParts.Split(invocation.Body.Arguments);
        if (!System.Buffers.Text.Utf8Parser.TryParse(index.Span, out int number, out _)) throw new TaskArgumentException("accumulate() argument 'index' is no whole number");
        var place = number < 0 ? arguments.Count + number : number; // from the end, as Python counts
        if (place < 0 || place >= arguments.Count) throw new TaskArgumentException($"accumulate() has {arguments.Count} arguments, none with index {number}");
        invocation.ReturnJson(arguments[place].Span);
        return default;
    }
}
