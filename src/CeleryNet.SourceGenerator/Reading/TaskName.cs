using Microsoft.CodeAnalysis;

namespace CeleryNet.SourceGenerator.Reading;

/// <summary>Names of tasks.</summary>
internal static class TaskName
{
    private const string Suffix = "Async";

    // Not the compiler's usual form, which would put @ before keywords.
    private static readonly SymbolDisplayFormat Plain = new(typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces);

    /// <summary>The wire name: what the attribute says, else namespace, class and method.</summary>
    internal static string Of(IMethodSymbol method, AttributeData attribute) =>
        Explicit(attribute) ?? $"{method.ContainingType.ToDisplayString(Plain)}.{WithoutAsync(method.Name)}";

    /// <summary>The name in the attribute; <c>null</c> when there is none.</summary>
    internal static string? Explicit(AttributeData attribute) =>
        attribute.ConstructorArguments.Length == 1 && attribute.ConstructorArguments[0] is { Kind: TypedConstantKind.Primitive, Value: string name } ? name : null;

    internal static string WithoutAsync(string name) =>
        name.Length > Suffix.Length && name.EndsWith(Suffix, StringComparison.Ordinal) ? name.Substring(0, name.Length - Suffix.Length) : name;
}
