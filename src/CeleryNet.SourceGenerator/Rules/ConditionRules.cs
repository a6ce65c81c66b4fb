using CeleryNet.SourceGenerator.Reading;
using Microsoft.CodeAnalysis;

namespace CeleryNet.SourceGenerator.Rules;

/// <summary>Rules for the attributes that limit a task or make it unique.</summary>
internal static class ConditionRules
{
    private static readonly string[] Names = ["Concurrency", "RateLimit", "Unique"];

    /// <summary>What is wrong with the attributes of a task.</summary>
    internal static List<Problem> Find(IMethodSymbol method)
    {
        var problems = new List<Problem>();
        var conditions = ConditionReader.Read(method, problems);
        if (method.ContainingType.IsRemote() && conditions is { Limits.Count: > 0 })
            problems.Add(new Problem(Descriptors.IdleCondition, method, "a limit over all workers", method.Name, "another worker runs it, which does not look at the limit; put the attribute where the task is implemented"));
        return problems;
    }

    /// <summary>What is wrong when the method is no task.</summary>
    internal static Problem? OfOther(IMethodSymbol method) => Names.FirstOrDefault(name => method.Attribute(WellKnown.Library, name + "Attribute") is not null) is { } found
        ? new Problem(Descriptors.IdleCondition, method, $"[{found}]", method.Name, "it is no task; add [Task] or remove the attribute")
        : null;
}
