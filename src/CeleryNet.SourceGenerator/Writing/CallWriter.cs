using CeleryNet.SourceGenerator.Reading;

namespace CeleryNet.SourceGenerator.Writing;

/// <summary>Writes the typed call.</summary>
internal static class CallWriter
{
    internal static void Write(SourceWriter writer, TaskCode task)
    {
        var model = task.Model;
        var type = model.ResultType is null ? Names.Signature : $"{Names.Signature}<{model.ResultType}>";
        var parameters = string.Join(", ", task.Wire.Select(Parameter));
        var arguments = task.Wire.Count == 0
            ? $"{Names.Tasks}.TaskArguments.None"
            : $"new {task.Name}Arguments({string.Join(", ", task.Wire.Select(wire => TypeText.Identifier(wire.Model.Name)))})";
        var result = task.Result is null ? "" : ", " + task.Result;

        if (model.DocumentationId is { } id) writer.Line($"/// <inheritdoc cref=\"{id}\"/>");
        writer.Line($"{(model.IsPublic ? "public" : "internal")} static {type} {model.CallName}Task({parameters}) =>");
        writer.Indented($"new {type}({task.Name}Definition, {arguments}{result});");
    }

    /// <summary>Writes the call whose first argument is the result of the task before.</summary>
    internal static void WriteStep(SourceWriter writer, TaskCode task)
    {
        var model = task.Model;
        var first = task.Wire[0].Model;
        var rest = task.Wire.Skip(1).ToList();
        var type = $"{Names.Step}<{first.Type}, {model.ResultType ?? "object?"}>";
        var parameters = string.Join(", ", new[] { $"{Names.PreviousResult} {TypeText.Identifier(first.Name)}" }.Concat(rest.Select(Parameter)));
        var arguments = rest.Count == 0
            ? $"{Names.Tasks}.TaskArguments.None"
            : $"new {task.Name}RestArguments({string.Join(", ", rest.Select(wire => TypeText.Identifier(wire.Model.Name)))})";

        writer.Line();
        if (model.DocumentationId is { } id) writer.Line($"/// <inheritdoc cref=\"{id}\"/>");
        writer.Line($"{(model.IsPublic ? "public" : "internal")} static {type} {model.CallName}Task({parameters}) =>");
        writer.Indented($"new {type}({task.Name}Definition, {arguments}, {task.Result ?? "global::CeleryNet.Serialization.WireConverters.Any"});");
    }

    private static string Parameter(WireParameter parameter)
    {
        var model = parameter.Model;
        var declaration = $"{model.Type} {TypeText.Identifier(model.Name)}";
        if (model.IsParams) return "params " + declaration;
        return model.Default is null ? declaration : $"{declaration} = {model.Default}";
    }
}
