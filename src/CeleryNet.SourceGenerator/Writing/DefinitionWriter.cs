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
        writer.Line($"private static readonly {Names.Tasks}.TaskDefinition {task.Name}Definition = new({TypeText.Literal(task.Model.WireName)}{policy}{ConditionWriter.Conditions(task)});");
    }

    private static List<string> Settings(PolicyModel policy)
    {
        var settings = new List<string>();
        if (policy.Queue is not null) settings.Add($"Queue = {TypeText.Literal(policy.Queue)}");
        AddNumber("Priority", policy.Priority);
        AddFlag("IgnoreResult", policy.IgnoreResult);
        AddFlag("TrackStarted", policy.TrackStarted);
        AddFlag("AckEarly", policy.AckEarly);
        AddTicks("Expires", policy.Expires);
        AddTicks("TimeLimit", policy.TimeLimit);
        AddTicks("SoftTimeLimit", policy.SoftTimeLimit);
        AddNumber("MaxRetries", policy.MaxRetries);
        AddTicks("RetryDelay", policy.RetryDelay);
        AddFlag("RetryBackoff", policy.RetryBackoff);
        AddTicks("RetryBackoffMax", policy.RetryBackoffMax);
        AddFlag("RetryJitter", policy.RetryJitter);
        AddTypes("RetryFor", policy.RetryFor);
        AddTypes("NoRetryFor", policy.NoRetryFor);
        AddNumber("MaxDeliveries", policy.MaxDeliveries);
        AddFlag("RejectOnWorkerLost", policy.RejectOnWorkerLost);
        AddFlag("DeadLetterFailures", policy.DeadLetterFailures);
        AddFlag("StoreErrors", policy.StoreErrors);
        if (policy.RateLimit is not null) settings.Add($"RateLimit = {Names.Tasks}.TaskRate.Parse({TypeText.Literal(policy.RateLimit)})");
        AddFlag("SkipFinished", policy.SkipFinished);
        return settings;

        void AddNumber(string name, int? value)
        {
            if (value is { } number) settings.Add($"{name} = {number.ToString(CultureInfo.InvariantCulture)}");
        }

        void AddTypes(string name, EquatableArray<string>? types)
        {
            if (types is { } known) settings.Add($"{name} = new global::System.Type[] {{ {string.Join(", ", known.Select(type => $"typeof({type})"))} }}");
        }

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
