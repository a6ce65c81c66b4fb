namespace CeleryNet.SourceGenerator.Writing;

/// <summary>Names of the library in generated code.</summary>
internal static class Names
{
    internal const string Embedded = "[global::Microsoft.CodeAnalysis.Embedded]";
    internal const string Tasks = "global::CeleryNet.Tasks";
    internal const string Serialization = "global::CeleryNet.Serialization";
    internal const string Signature = "global::CeleryNet.Signature";
    internal const string Step = "global::CeleryNet.Step";
    internal const string PreviousResult = "global::CeleryNet.PreviousResult";
    internal const string Outcome = "global::CeleryNet.TaskOutcome";
    internal const string ValueTask = "global::System.Threading.Tasks.ValueTask";
    internal const string Task = "global::System.Threading.Tasks.Task";
    internal const string DependencyInjection = "global::Microsoft.Extensions.DependencyInjection";

    internal static readonly string Generated =
        $"[global::System.CodeDom.Compiler.GeneratedCode(\"CeleryNet.SourceGenerator\", \"{typeof(Names).Assembly.GetName().Version?.ToString(3)}\")]";

    private static readonly HashSet<string> Taken = ["invocation", "arguments", "handler", "writer", "result"];

    /// <summary>A parameter's name where generated names stand beside it.</summary>
    internal static string Local(string name, int index) =>
        Taken.Contains(name) || name.StartsWith("argument", StringComparison.Ordinal) || !(char.IsLower(name[0]) || name[0] == '_')
            ? $"argument{index}"
            : Reading.TypeText.Identifier(name);
}
