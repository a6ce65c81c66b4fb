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

    private static string Parameter(WireParameter parameter)
    {
        var model = parameter.Model;
        var declaration = $"{model.Type} {TypeText.Identifier(model.Name)}";
        if (model.IsParams) return "params " + declaration;
        return model.Default is null ? declaration : $"{declaration} = {model.Default}";
    }
}
