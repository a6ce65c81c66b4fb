using CeleryNet.SourceGenerator.Reading;
using Microsoft.CodeAnalysis;

namespace CeleryNet.SourceGenerator.Rules;

/// <summary>Rules for the values of the attribute. Code is generated all the same, so that one wrong value is one error.</summary>
internal static class PolicyRules
{
    private static readonly string[] Durations = ["Expires", "TimeLimit", "SoftTimeLimit"];

    internal static List<Problem> Find(IMethodSymbol method, AttributeData attribute)
    {
        var problems = new List<Problem>();
        if (TaskName.Explicit(attribute) is { } name && Name(name) is { } wrong) problems.Add(new Problem(Descriptors.BadName, method, method.Name, wrong));
        foreach (var duration in Durations)
        {
            if (Text(attribute, duration) is { } text && PolicyReader.Ticks(text) is null)
                problems.Add(new Problem(Descriptors.BadTimeSpan, method, duration, method.Name, text));
        }

        var policy = PolicyReader.Read(attribute);
        if (policy is { SoftTimeLimit: { } soft, TimeLimit: { } hard } && soft >= hard)
            problems.Add(new Problem(Descriptors.SoftLimitNotBelowHard, method, method.Name, Text(attribute, "SoftTimeLimit") ?? "", Text(attribute, "TimeLimit") ?? ""));
        if (policy.Priority is < 0 or > 255) problems.Add(new Problem(Descriptors.BadPriority, method, method.Name, policy.Priority));
        return problems;
    }

    private static string? Name(string name)
    {
        if (name.Length == 0) return "is empty";
        if (name.Any(char.IsControl)) return "contains a control character";
        return name.Any(char.IsWhiteSpace) ? "contains white space" : null;
    }

    private static string? Text(AttributeData attribute, string property) =>
        attribute.NamedArguments.FirstOrDefault(argument => argument.Key == property).Value is { Kind: TypedConstantKind.Primitive, Value: string text } ? text : null;
}
