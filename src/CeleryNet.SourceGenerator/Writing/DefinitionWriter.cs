using System.Globalization;
using CeleryNet.SourceGenerator.Reading;

namespace CeleryNet.SourceGenerator.Writing;

/// <summary>Writes the definition of a task.</summary>
internal static class DefinitionWriter
{
    internal static void Write(SourceWriter writer, TaskCode task)
    {
        var settings = Settings(task.Model.Policy);
        var policy = settings.Count == 0 ? "" : $", new {Names.Tasks}.TaskPolicy {{ {string.Join(", ", settings)} }}";
        writer.Line($"private static readonly {Names.Tasks}.TaskDefinition {task.Name}Definition = new({TypeText.Literal(task.Model.WireName)}{policy});");
    }

    private static List<string> Settings(PolicyModel policy)
    {
        var settings = new List<string>();
        if (policy.Queue is not null) settings.Add($"Queue = {TypeText.Literal(policy.Queue)}");
        if (policy.Priority is { } priority) settings.Add($"Priority = {priority.ToString(CultureInfo.InvariantCulture)}");
        AddFlag("IgnoreResult", policy.IgnoreResult);
        AddFlag("TrackStarted", policy.TrackStarted);
        AddFlag("AckEarly", policy.AckEarly);
        AddTicks("Expires", policy.Expires);
        AddTicks("TimeLimit", policy.TimeLimit);
        AddTicks("SoftTimeLimit", policy.SoftTimeLimit);
        return settings;

        void AddFlag(string name, bool? value)
        {
            if (value is { } flag) settings.Add($"{name} = {(flag ? "true" : "false")}");
        }

        void AddTicks(string name, long? value)
        {
            if (value is { } ticks) settings.Add($"{name} = new global::System.TimeSpan({ticks.ToString(CultureInfo.InvariantCulture)}L)");
        }
    }
}
