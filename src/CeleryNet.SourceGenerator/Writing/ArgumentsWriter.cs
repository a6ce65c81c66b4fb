namespace CeleryNet.SourceGenerator.Writing;

/// <summary>Writes the class that keeps the arguments of a call until the message is written.</summary>
internal static class ArgumentsWriter
{
    internal static void Write(SourceWriter writer, TaskCode task)
    {
        Write(writer, $"{task.Name}Arguments", task.Wire);
        if (task.HasStep && task.Wire.Count > 1) Write(writer, $"{task.Name}RestArguments", task.Wire.Skip(1).ToList());
    }

    private static void Write(SourceWriter writer, string name, IReadOnlyList<WireParameter> arguments)
    {
        var parameters = string.Join(", ", arguments.Select(wire => $"{wire.Model.Type} {wire.Local}"));
        writer.Line();
        writer.Open($"private sealed class {name}({parameters}) : {Names.Tasks}.TaskArguments");
        writer.Open($"public override void WritePositional({Names.Serialization}.ArgumentWriter writer)");
        foreach (var wire in arguments) writer.Line($"writer.Positional({wire.Local}, {wire.Converter});");
        writer.Close();
        writer.Close();
    }
}
