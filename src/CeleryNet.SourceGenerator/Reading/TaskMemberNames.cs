namespace CeleryNet.SourceGenerator.Reading;

/// <summary>Names of the generated members of a class: the call's name, numbered where methods are overloaded.</summary>
internal static class TaskMemberNames
{
    internal static List<string> Of(TaskGroup group)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var names = new List<string>();
        foreach (var task in group.Tasks)
        {
            var name = task.CallName;
            for (var number = 2; !taken.Add(name); number++) name = task.CallName + number;
            names.Add(name);
        }

        return names;
    }
}
