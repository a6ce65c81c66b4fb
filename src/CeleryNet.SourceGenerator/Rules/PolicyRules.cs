using CeleryNet.SourceGenerator.Reading;
using Microsoft.CodeAnalysis;

namespace CeleryNet.SourceGenerator.Rules;

/// <summary>Rules for the values of the attribute. Code is generated all the same, so that one wrong value is one error.</summary>
internal static class PolicyRules
{
    private static readonly string[] Durations = ["Expires", "TimeLimit", "SoftTimeLimit", "RetryDelay", "RetryBackoffMax"];

    private static readonly string[] ExceptionLists = ["RetryFor", "NoRetryFor"];

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
        if (policy.MaxRetries < -1) problems.Add(new Problem(Descriptors.BadNumber, method, "MaxRetries", method.Name, policy.MaxRetries, "0 or more, or -1 for any number"));
        if (policy.MaxDeliveries < 0) problems.Add(new Problem(Descriptors.BadNumber, method, "MaxDeliveries", method.Name, policy.MaxDeliveries, "1 or more, or 0 for any number"));
        if (Text(attribute, "RateLimit") is { } rate && PolicyReader.Rate(rate) is null) problems.Add(new Problem(Descriptors.BadRate, method, "RateLimit", method.Name, rate));
        foreach (var property in ExceptionLists) AddExceptions(problems, method, attribute, property);
        return problems;
    }

    private static void AddExceptions(List<Problem> problems, IMethodSymbol method, AttributeData attribute, string property)
    {
        var list = attribute.NamedArguments.FirstOrDefault(argument => argument.Key == property).Value;
        if (list.Kind != TypedConstantKind.Array || list.IsNull) return;
        foreach (var type in list.Values.Select(value => value.Value).OfType<ITypeSymbol>())
        {
            if (!type.IsOrDerivesFrom("System", "Exception")) problems.Add(new Problem(Descriptors.NotAnException, method, property, method.Name, type.ToDisplayString()));
        }
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
