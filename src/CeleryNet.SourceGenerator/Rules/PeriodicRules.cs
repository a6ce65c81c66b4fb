using CeleryNet.SourceGenerator.Reading;
using Microsoft.CodeAnalysis;

namespace CeleryNet.SourceGenerator.Rules;

/// <summary>Rules for <c>[Periodic]</c>.</summary>
internal static class PeriodicRules
{
    /// <summary>What is wrong with the attributes of a task.</summary>
    internal static List<Problem> Find(IMethodSymbol method, AttributeData task)
    {
        var problems = new List<Problem>();
        if (!IsPeriodic(method)) return problems;
        if (method.ContainingType.IsRemote())
        {
            problems.Add(new Problem(Descriptors.IdlePeriodic, method, method.Name, "another worker runs it; send it by code: AddBeat(beat => beat.Add(…))"));
            return problems;
        }

        var periodic = PeriodicReader.Read(method, problems);
        foreach (var group in periodic.GroupBy(each => each.Name ?? TaskName.Of(method, task), StringComparer.Ordinal).Where(group => group.Count() > 1))
            problems.Add(new Problem(Descriptors.PeriodicNameTwice, method, method.Name, group.Count(), group.Key));
        if (Required(method) is { } required) problems.Add(new Problem(Descriptors.PeriodicArgument, method, method.Name, required.Name));
        return problems;
    }

    /// <summary>What is wrong when the method is no task.</summary>
    internal static Problem? OfOther(IMethodSymbol method) =>
        IsPeriodic(method) ? new Problem(Descriptors.IdlePeriodic, method, method.Name, "it is no task; add [Task] or remove the attribute") : null;

    /// <summary>The first parameter that would get no value; <c>null</c> when there is none.</summary>
    internal static IParameterSymbol? Required(IMethodSymbol method) =>
        method.Parameters.FirstOrDefault(parameter => !parameter.IsInjected() && DefaultValue.Of(parameter) is null);

    private static bool IsPeriodic(IMethodSymbol method) => method.Attribute(WellKnown.Library, "PeriodicAttribute") is not null;
}
