namespace CeleryNet.SourceGenerator.Writing;

/// <summary>Writes the class that keeps the arguments of a call until the message is written.</summary>
internal static class ArgumentsWriter
{
    internal static void Write(SourceWriter writer, TaskCode task)
    {
        var parameters = string.Join(", ", task.Wire.Select(wire => $"{wire.Model.Type} {wire.Local}"));
        writer.Line();
        writer.Open($"private sealed class {task.Name}Arguments({parameters}) : {Names.Tasks}.TaskArguments");
        writer.Open($"public override void WritePositional({Names.Serialization}.ArgumentWriter writer)");
        foreach (var wire in task.Wire) writer.Line($"writer.Positional({wire.Local}, {wire.Converter});");
        writer.Close();
        writer.Close();
    }
}
