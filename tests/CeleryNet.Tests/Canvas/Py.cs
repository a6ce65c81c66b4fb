using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.Tests.Signatures;

/// <summary>The tasks of the captured messages, as generated code types them.</summary>
internal static class Py
{
    internal static Signature<int> Add(int x, int y) => Call("tasks.add", x, y);

    internal static Step<int, int> Add(PreviousResult x, int y) => Step<int, int>("tasks.add", y);

    internal static Step<int, int> Mul(PreviousResult x, int y) => Step<int, int>("tasks.mul", y);

    internal static Step<IReadOnlyList<int>, int> Sum(PreviousResult values) => Step<IReadOnlyList<int>, int>("tasks.xsum");

    internal static Signature<int> Sum(params int[] values) => Call("tasks.xsum", values);

    internal static Step<IReadOnlyList<int>, int> Echo(PreviousResult values) => Step<IReadOnlyList<int>, int>("tasks.echo");

    internal static Step<string, object?> OnError(PreviousResult id) => new(new TaskDefinition("tasks.on_error"), TaskArguments.None, WireConverters.Any);

    internal static Step<int, object?> OnOk(PreviousResult value) => new(new TaskDefinition("tasks.on_ok"), TaskArguments.None, WireConverters.Any);

    internal static Signature<int> Call(string task, params object?[] arguments) => new(new TaskDefinition(task), new UntypedArguments(arguments, null), WireConverters.Int32);

    private static Step<TIn, int> Step<TIn, TOut>(string task, params object?[] arguments) => new(new TaskDefinition(task), new UntypedArguments(arguments, null), WireConverters.Int32);
}
