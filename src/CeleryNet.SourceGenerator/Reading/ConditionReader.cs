using CeleryNet.SourceGenerator.Rules;
using Microsoft.CodeAnalysis;

namespace CeleryNet.SourceGenerator.Reading;

/// <summary>Reads the attributes that limit a task or make it unique, and says what is wrong with them.</summary>
internal static class ConditionReader
{
    private const string DefaultFor = "01:00:00";

    /// <summary>What they ask for; <c>null</c> when there are none. What is wrong is left out, as the analyzer reports it.</summary>
    internal static ConditionModel? Read(IMethodSymbol method, List<Problem>? problems = null)
    {
        var limits = new List<LimitModel>();
        UniqueModel? unique = null;
        foreach (var attribute in method.GetAttributes())
        {
            if (attribute.AttributeClass.Is(WellKnown.Library, "ConcurrencyAttribute") && Concurrency(method, attribute, problems) is { } concurrency) limits.Add(concurrency);
            else if (attribute.AttributeClass.Is(WellKnown.Library, "RateLimitAttribute") && Rate(method, attribute, problems) is { } rate) limits.Add(rate);
            else if (attribute.AttributeClass.Is(WellKnown.Library, "UniqueAttribute")) unique = Unique(method, attribute, problems);
        }

        return limits.Count == 0 && unique is null ? null : new ConditionModel(limits.ToEquatableArray(), unique);
    }

    private static LimitModel? Concurrency(IMethodSymbol method, AttributeData attribute, List<Problem>? problems)
    {
        var slots = attribute.ConstructorArguments.FirstOrDefault().Value as int? ?? 1;
        var key = Key(method, "Concurrency", Text(attribute, "Key"), problems);
        if (slots < 1) problems?.Add(new Problem(Descriptors.BadNumber, method, "The limit of [Concurrency]", method.Name, slots, "1 or more"));
        return slots < 1 || key is null ? null : new LimitModel(slots, null, Text(attribute, "Name"), key);
    }

    private static LimitModel? Rate(IMethodSymbol method, AttributeData attribute, List<Problem>? problems)
    {
        var text = attribute.ConstructorArguments.FirstOrDefault().Value as string ?? "";
        var key = Key(method, "RateLimit", Text(attribute, "Key"), problems);
        var rate = PolicyReader.Rate(text);
        if (rate is null) problems?.Add(new Problem(Descriptors.BadRate, method, "The rate of [RateLimit]", method.Name, text));
        return rate is null || key is null ? null : new LimitModel(0, rate, Text(attribute, "Name"), key);
    }

    private static UniqueModel? Unique(IMethodSymbol method, AttributeData attribute, List<Problem>? problems)
    {
        var duration = Text(attribute, "For") ?? DefaultFor;
        var ticks = PolicyReader.Ticks(duration);
        if (ticks is null) problems?.Add(new Problem(Descriptors.BadTimeSpan, method, "For", method.Name, duration));
        var key = Key(method, "Unique", attribute.ConstructorArguments.FirstOrDefault().Value as string, problems);
        return ticks is null || key is null ? null : new UniqueModel(ticks.Value, Number(attribute, "OnDuplicate"), Number(attribute, "Until"), Text(attribute, "Name"), key);
    }

    private static KeyTemplate? Key(IMethodSymbol method, string name, string? text, List<Problem>? problems)
    {
        var key = KeyTemplate.Read(text, method, out var problem);
        if (problem is null) return key;
        problems?.Add(new Problem(Descriptors.BadKey, method, name, method.Name, text ?? "", problem));
        return null;
    }

    private static string? Text(AttributeData attribute, string property) => Value(attribute, property) as string;

    private static int Number(AttributeData attribute, string property) => Value(attribute, property) as int? ?? 0;

    private static object? Value(AttributeData attribute, string property) => attribute.NamedArguments.FirstOrDefault(argument => argument.Key == property).Value is
    { IsNull: false, Kind: TypedConstantKind.Primitive or TypedConstantKind.Enum } constant ? constant.Value : null;
}
