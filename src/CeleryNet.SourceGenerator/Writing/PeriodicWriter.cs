using System.Globalization;
using CeleryNet.SourceGenerator.Reading;

namespace CeleryNet.SourceGenerator.Writing;

/// <summary>Writes the periodic tasks of the registry as a service for the beat.</summary>
internal static class PeriodicWriter
{
    private const string Scheduling = "global::CeleryNet.Scheduling";

    internal static void Write(SourceWriter writer, RegistryModel model)
    {
        if (model.Entries.All(entry => entry.Periodic.Count == 0)) return;
        writer.Open($"{Names.DependencyInjection}.ServiceCollectionServiceExtensions.AddSingleton(services, new {Scheduling}.PeriodicTaskSet(typeof({RegistryWriter.NameOf(model.Assembly)}), new {Scheduling}.PeriodicTask[]");
        for (var i = 0; i < model.Entries.Count; i++)
        {
            foreach (var periodic in model.Entries[i].Periodic)
                writer.Line($"new {Scheduling}.PeriodicTask(Handlers[{i.ToString(CultureInfo.InvariantCulture)}].Definition) {{ {string.Join(", ", Settings(periodic))} }},");
        }

        writer.Close("));");
    }

    private static IEnumerable<string> Settings(PeriodicModel periodic)
    {
        if (periodic.Name is { } name) yield return $"Name = {TypeText.Literal(name)}";
        if (periodic.Cron is { } cron) yield return $"Cron = {TypeText.Literal(cron)}";
        if (periodic.Zone is { } zone) yield return $"Zone = {TypeText.Literal(zone)}";
        if (periodic.Every is { } every) yield return $"Every = {Span(every)}";
        if (periodic.Queue is { } queue) yield return $"Queue = {TypeText.Literal(queue)}";
        if (periodic.Expires is { } expires) yield return $"Expires = {Span(expires)}";
        if (periodic.Misfire != 0) yield return $"Misfire = (global::CeleryNet.MisfirePolicy){Number(periodic.Misfire)}";
        if (periodic.CatchUpLimit is { } limit) yield return $"CatchUpLimit = {Number(limit)}";
        if (periodic.MaxRuns is { } most) yield return $"MaxRuns = {Number(most)}";
        if (periodic.Jitter is { } jitter) yield return $"Jitter = {Span(jitter)}";
    }

    private static string Span(long ticks) => $"new global::System.TimeSpan({ticks.ToString(CultureInfo.InvariantCulture)}L)";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
