using CeleryNet.SourceGenerator.Reading;

namespace CeleryNet.SourceGenerator.Writing;

/// <summary>Writes the file of one class: its typed calls first, then what each task needs.</summary>
internal static class ClassWriter
{
    internal static string Write(TaskGroup group)
    {
        var converters = new ConverterFields();
        var names = TaskMemberNames.Of(group);
        var tasks = group.Tasks.Zip(names, (task, name) => new TaskCode(task, name, converters)).ToList();

        var writer = SourceWriter.File();
        if (group.Class.Namespace.Length > 0) writer.Open($"namespace {group.Class.Namespace}");
        writer.Line($"/// <summary>Typed calls of the tasks of <see cref=\"{group.Class.Type}\"/>.</summary>");
        writer.Line(Names.Generated);
        writer.Open($"{(group.Class.IsPublic ? "public" : "internal")} static class {group.Class.CallsName}");
        writer.Open($"extension({group.Class.Type})");
        for (var i = 0; i < tasks.Count; i++)
        {
            if (i > 0) writer.Line();
            CallWriter.Write(writer, tasks[i]);
        }

        writer.Close();
        foreach (var task in tasks)
        {
            writer.Line();
            DefinitionWriter.Write(writer, task);
            if (task.Wire.Count > 0) ArgumentsWriter.Write(writer, task);
            if (!task.Model.IsRemote || task.Model.Conditions is not null) HandlerWriter.WriteParameters(writer, task);
            ConditionWriter.Write(writer, task);
            if (!task.Model.IsRemote) HandlerWriter.Write(writer, task);
        }

        converters.Write(writer);
        writer.Close();
        if (group.Class.Namespace.Length > 0) writer.Close();
        return writer.ToString();
    }
}
