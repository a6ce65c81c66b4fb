using CeleryNet.SourceGenerator.Reading;

namespace CeleryNet.SourceGenerator.Writing;

/// <summary>Writes the handler of a task. It is not async itself, because the reader of the arguments lives on the stack.</summary>
internal static class HandlerWriter
{
    internal static void Write(SourceWriter writer, TaskCode task)
    {
        var model = task.Model;
        writer.Line();
        writer.Open($"internal sealed class {task.Name}Handler : {Names.Tasks}.TaskHandler");
        writer.Line($"public override {Names.Tasks}.TaskDefinition Definition => {task.Name}Definition;");
        writer.Line();
        if (model.NeedsScope)
        {
            writer.Line("public override bool NeedsScope => true;");
            writer.Line();
        }

        writer.Open($"public override {Names.ValueTask} InvokeAsync({Names.Tasks}.TaskInvocation invocation)");
        WriteReading(writer, task);
        WriteCall(writer, task);
        writer.Close();
        WriteCompletion(writer, task);
        writer.Close();
    }

    /// <summary>Writes the names by which arguments are read.</summary>
    internal static void WriteParameters(SourceWriter writer, TaskCode task)
    {
        var names = string.Concat(task.Wire.Select(wire => ", " + TypeText.Literal(wire.Model.Name)));
        var required = task.Wire.Count(wire => wire.Model.Default is null);
        writer.Line();
        writer.Line($"private static readonly {Names.Serialization}.ParameterList {task.Name}Parameters = new({TypeText.Literal(task.Model.Method.TrimStart('@'))}, {required}{names});");
    }

    private static void WriteReading(SourceWriter writer, TaskCode task)
    {
        foreach (var wire in task.Wire) writer.Line($"{wire.Model.Type} {wire.Local} = {wire.Model.Default ?? "default"};");
        writer.Line($"var arguments = invocation.Arguments({task.Name}Parameters);");
        if (task.Wire.Count == 0)
        {
            writer.Line("arguments.Read();");
            return;
        }

        writer.Open("while (arguments.Read())");
        writer.Open("switch (arguments.Index)");
        for (var i = 0; i < task.Wire.Count; i++)
        {
            var wire = task.Wire[i];
            writer.Line($"case {i}: {wire.Local} = arguments.{(wire.Model.NotNull ? "NotNull" : "Value")}({wire.Converter}); break;");
        }

        writer.Close();
        writer.Close();
        writer.Line();
    }

    private static void WriteCall(SourceWriter writer, TaskCode task)
    {
        var model = task.Model;
        if (!model.IsStatic) writer.Line($"var handler = {ServiceText.Required(model.Class.Type, "invocation.Services")};");
        var target = model.IsStatic ? model.Class.Type : "handler";
        var call = $"{target}.{model.Method}({string.Join(", ", model.Parameters.Select((parameter, index) => Argument(task, parameter, task.Locals[index])))})";
        switch (model.Form)
        {
            case ReturnForm.Void:
                writer.Line($"{call};");
                writer.Line("return default;");
                break;
            case ReturnForm.Value:
                writer.Line($"{Returned(model)} result = {call};");
                writer.Line($"{Completion(task, "result")};");
                writer.Line("return default;");
                break;
            case ReturnForm.Task:
                writer.Line($"return new {Names.ValueTask}({call});");
                break;
            case ReturnForm.ValueTask:
                writer.Line($"return {call};");
                break;
            default:
                writer.Line($"return CompleteAsync(invocation, {call});");
                break;
        }
    }

    private static string Argument(TaskCode task, ParameterModel parameter, string local) => parameter.Source switch
    {
        ParameterSource.Progress => $"invocation.Progress<{parameter.ReportType}>({task.Reports[parameter]})",
        ParameterSource.Context => "invocation.Context",
        ParameterSource.CancellationToken => "invocation.Context.CancellationToken",
        ParameterSource.Service when parameter.Service is { } service => ServiceText.Of(service, "invocation.Services"),
        _ => local,
    };

    private static void WriteCompletion(SourceWriter writer, TaskCode task)
    {
        var model = task.Model;
        if (model.Form is not (ReturnForm.TaskOfValue or ReturnForm.ValueTaskOfValue)) return;
        var awaitable = model.Form == ReturnForm.TaskOfValue ? Names.Task : Names.ValueTask;
        writer.Line();
        writer.Line($"private static async {Names.ValueTask} CompleteAsync({Names.Tasks}.TaskInvocation invocation, {awaitable}<{Returned(model)}> result) =>");
        writer.Indented($"{Completion(task, "await result.ConfigureAwait(false)")};");
    }

    private static string Returned(TaskModel model) => model switch
    {
        { ReturnsOutcome: false } => model.ResultType!, // only methods that return something come here
        { ResultType: null } => Names.Outcome,
        _ => $"{Names.Outcome}<{model.ResultType}>",
    };

    private static string Completion(TaskCode task, string value) => task.Model switch
    {
        { ReturnsOutcome: false } model => $"invocation.Return<{model.ResultType}>({value}, {task.Result})",
        { ResultType: null } => $"invocation.End({value})",
        var model => $"invocation.End<{model.ResultType}>({value}, {task.Result})",
    };
}
