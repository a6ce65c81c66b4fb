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

        MarkSteps(tasks);

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
            if (tasks[i].HasStep) CallWriter.WriteStep(writer, tasks[i]);
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

    // Overloads that differ in the first parameter only would be one: then none of them has a step, as nobody could say which is meant.
    private static void MarkSteps(List<TaskCode> tasks)
    {
        foreach (var overloads in tasks.Where(task => task.Wire.Count > 0).GroupBy(task => (task.Model.CallName, string.Join(",", task.Wire.Skip(1).Select(wire => wire.Model.Signature)))))
        {
            if (overloads.Count() == 1) overloads.First().HasStep = true;
        }
    }
}
