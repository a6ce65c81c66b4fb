using System.Collections.Immutable;

namespace CeleryNet.SourceGenerator.Reading;

/// <summary>Puts tasks together: by class for the files, all of them for the registry.</summary>
internal static class Grouping
{
    internal static IEnumerable<TaskGroup> ByClass(ImmutableArray<TaskModel> tasks) =>
        tasks.GroupBy(task => task.Class.Type, StringComparer.Ordinal).Select(group => new TaskGroup(group.First().Class, Distinct(group).ToEquatableArray()));

    internal static string FileOf(ClassModel type) => type.Type.Replace("global::", "").Replace("@", "") + ".Tasks.g.cs";

    /// <summary>The registry; <c>null</c> when the assembly has no tasks, so that the library's own <c>AddTasks()</c> explains.</summary>
    internal static RegistryModel? Registry(ImmutableArray<TaskModel> tasks, string assembly)
    {
        if (tasks.IsEmpty) return null;
        var entries = ByClass(tasks)
            .SelectMany(group => group.Tasks.Zip(TaskMemberNames.Of(group), (task, name) => (task, name)))
            .Where(pair => !pair.task.IsRemote)
            .Select(pair => new RegistryEntry(
                pair.task.WireName,
                $"{pair.task.Class.CallsType}.{pair.name}Handler",
                pair.task.IsStatic ? null : pair.task.Class.Type,
                pair.task.Class.Constructor,
                pair.task.Periodic))
            .OrderBy(entry => entry.WireName, StringComparer.Ordinal)
            .ThenBy(entry => entry.HandlerType, StringComparer.Ordinal);
        return new RegistryModel(assembly, entries.ToEquatableArray());
    }

    // Two methods with the same typed call are an error of the analyzer; a second error in generated code would only distract.
    private static IEnumerable<TaskModel> Distinct(IEnumerable<TaskModel> tasks)
    {
        var calls = new HashSet<string>(StringComparer.Ordinal);
        return tasks.Where(task => calls.Add($"{task.CallName}({string.Join(",", task.WireParameters.Select(parameter => parameter.Signature))})"));
    }
}
