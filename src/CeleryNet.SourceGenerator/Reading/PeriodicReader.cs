using System.Globalization;
using CeleryNet.Scheduling;
using CeleryNet.SourceGenerator.Rules;
using Microsoft.CodeAnalysis;

namespace CeleryNet.SourceGenerator.Reading;

/// <summary>Reads when a task is sent periodically, and says what is wrong with it.</summary>
internal static class PeriodicReader
{
    private const int MostCatchUp = 10_000;
    private const int LongestName = 200;

    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestJitter = TimeSpan.FromDays(1);

    /// <summary>What the attributes ask for. One with a fault is left out, as the analyzer reports it.</summary>
    internal static EquatableArray<PeriodicModel> Read(IMethodSymbol method, List<Problem>? problems = null)
    {
        var all = new List<PeriodicModel>();
        foreach (var attribute in method.GetAttributes())
        {
            if (!attribute.AttributeClass.Is(WellKnown.Library, "PeriodicAttribute")) continue;
            var found = new List<Problem>();
            var model = Read(method, attribute, found);
            if (found.Count == 0) all.Add(model);
            problems?.AddRange(found);
        }

        return all.ToEquatableArray();
    }

    private static PeriodicModel Read(IMethodSymbol method, AttributeData attribute, List<Problem> problems)
    {
        var cron = attribute.ConstructorArguments.FirstOrDefault().Value as string;
        var (zone, every, name) = (Text("Zone"), Text("Every"), Text("Name"));
        var (catchUp, most) = (Number("CatchUpLimit"), Number("MaxRuns"));
        if (cron is null == every is null) Unclear(cron is null ? "has neither a cron expression nor Every" : "has a cron expression and Every; keep one of them");
        else if (zone is not null && cron is null) Unclear("has a Zone but no cron expression, and an interval knows no zone");
        if (cron is not null && ProblemOf(cron) is { } bad) problems.Add(new Problem(Descriptors.BadCrontab, method, method.Name, cron, bad));
        if (zone is not null && !IsZoneName(zone)) problems.Add(new Problem(Descriptors.BadZone, method, method.Name, zone));
        if (name is not null && (string.IsNullOrWhiteSpace(name) || name.Length > LongestName)) Unclear($"has a Name of {name.Length} characters; give it one of 1 to {LongestName}");
        if (catchUp is < 1 or > MostCatchUp) Bad("CatchUpLimit of [Periodic]", catchUp.Value, $"1 to {MostCatchUp}");
        if (most < 0) Bad("MaxRuns of [Periodic]", most.Value, "1 or more, or 0 for any number");

        var interval = Duration("Every");
        if (interval < ShortestInterval.Ticks) Bad("Every of [Periodic]", new TimeSpan(interval.Value), "at least 00:00:00.001");
        var jitter = Duration("Jitter");
        if (jitter > LongestJitter.Ticks) Bad("Jitter of [Periodic]", new TimeSpan(jitter.Value), "at most 1.00:00:00");
        return new PeriodicModel
        {
            Name = name,
            Cron = cron,
            Zone = zone,
            Every = interval,
            Queue = Text("Queue"),
            Expires = Duration("Expires"),
            Misfire = Number("Misfire") ?? 0,
            CatchUpLimit = catchUp,
            MaxRuns = most is 0 ? null : most,
            Jitter = jitter,
        };

        string? Text(string property) => Value(attribute, property) as string;

        int? Number(string property) => Value(attribute, property) as int?;

        void Unclear(string what) => problems.Add(new Problem(Descriptors.UnclearSchedule, method, method.Name, what));

        void Bad(string property, object value, string allowed) => problems.Add(new Problem(Descriptors.BadNumber, method, property, method.Name, value, allowed));

        long? Duration(string property)
        {
            if (Text(property) is not { } text) return null;
            var ticks = PolicyReader.Ticks(text);
            if (ticks is null) problems.Add(new Problem(Descriptors.BadTimeSpan, method, property + " of [Periodic]", method.Name, text));
            return ticks;
        }
    }

    private static string? ProblemOf(string cron)
    {
        try
        {
            CronText.Read(CronText.Split(cron));
            return null;
        }
        catch (FormatException error)
        {
            return error.Message;
        }
    }

    // Whether there is such a zone is known where the beat runs; a name of Windows is wrong everywhere else.
    private static bool IsZoneName(string zone) =>
        zone.Length > 0 && char.IsLetter(zone[0]) && zone.All(letter => letter < 128 && (char.IsLetterOrDigit(letter) || letter is '/' or '_' or '+' or '-'));

    private static object? Value(AttributeData attribute, string property) => attribute.NamedArguments.FirstOrDefault(argument => argument.Key == property).Value is
    { IsNull: false, Kind: TypedConstantKind.Primitive or TypedConstantKind.Enum } constant ? constant.Value : null;
}
