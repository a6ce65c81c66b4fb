using System.Globalization;
using CeleryNet.SourceGenerator.Reading;

namespace CeleryNet.SourceGenerator.Writing;

/// <summary>Writes limits and uniqueness of a task, and the function that reads its keys from the arguments of a message, whoever wrote it.</summary>
internal static class ConditionWriter
{
    private const string Key = Names.Tasks + ".TaskKey";

    /// <summary>The argument of the definition's constructor.</summary>
    internal static string Conditions(TaskCode task)
    {
        if (task.Model.Conditions is not { } conditions) return "";
        var settings = new List<string>();
        if (conditions.Limits.Count > 0) settings.Add($"Limits = new {Names.Tasks}.TaskLimit[] {{ {string.Join(", ", conditions.Limits.Select(Limit))} }}");
        if (conditions.Unique is { } unique) settings.Add($"Unique = {Unique(unique)}");
        return $", conditions: new {Names.Tasks}.TaskConditions({task.Name}Keys) {{ {string.Join(", ", settings)} }}";
    }

    internal static void Write(SourceWriter writer, TaskCode task)
    {
        if (task.Model.Conditions is not { } conditions) return;
        writer.Line();
        writer.Open($"private static global::System.Collections.Generic.IReadOnlyList<string> {task.Name}Keys(in {Names.Serialization}.TaskBody body, {Names.Serialization}.WireOptions options)");
        var used = new SortedSet<int>(conditions.Keys.SelectMany(key => key.Parts).Select(part => part.Parameter).OfType<int>());
        foreach (var index in used) writer.Line($"{task.Wire[index].Model.Type} key{index} = {task.Wire[index].Model.Default ?? "default"};");
        if (used.Count > 0) WriteReading(writer, task, used);
        writer.Line($"return new string[] {{ {string.Join(", ", conditions.Keys.Select(Text))} }};");
        writer.Close();
    }

    private static void WriteReading(SourceWriter writer, TaskCode task, IEnumerable<int> used)
    {
        writer.Line($"var arguments = new {Names.Serialization}.ArgumentReader(body, {task.Name}Parameters, options);");
        writer.Open("while (arguments.Read())");
        writer.Open("switch (arguments.Index)");
        foreach (var index in used) writer.Line($"case {index}: key{index} = arguments.{(task.Wire[index].Model.NotNull ? "NotNull" : "Value")}({task.Wire[index].Converter}); break;");
        writer.Line("default: arguments.Skip(); break;");
        writer.Close();
        writer.Close();
        writer.Line();
    }

    private static string Text(KeyTemplate key)
    {
        if (key.Parts.Count == 0) return "\"\"";
        var separators = TypeText.Literal(key.Separators);
        return string.Join(" + ", key.Parts.Select(part => part.Parameter is { } index ? $"{Key}.Part(key{index}, {separators})" : TypeText.Literal(part.Text)));
    }

    private static string Limit(LimitModel limit)
    {
        var name = limit.Name is null ? "" : ", " + TypeText.Literal(limit.Name);
        return limit.Rate is null
            ? $"{Names.Tasks}.TaskLimit.OfConcurrency({limit.Slots.ToString(CultureInfo.InvariantCulture)}{name})"
            : $"{Names.Tasks}.TaskLimit.OfRate({Names.Tasks}.TaskRate.Parse({TypeText.Literal(limit.Rate)}){name})";
    }

    private static string Unique(UniqueModel unique)
    {
        var settings = new List<string> { $"For = new global::System.TimeSpan({unique.For.ToString(CultureInfo.InvariantCulture)}L)" };
        if (unique.OnDuplicate != 0) settings.Add($"OnDuplicate = (global::CeleryNet.DuplicatePolicy){unique.OnDuplicate.ToString(CultureInfo.InvariantCulture)}");
        if (unique.Until != 0) settings.Add($"Until = (global::CeleryNet.UniqueUntil){unique.Until.ToString(CultureInfo.InvariantCulture)}");
        if (unique.Name is not null) settings.Add($"Name = {TypeText.Literal(unique.Name)}");
        return $"new {Names.Tasks}.UniqueRule {{ {string.Join(", ", settings)} }}";
    }
}
