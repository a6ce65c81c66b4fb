using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace CeleryNet.SourceGenerator.Reading;

/// <summary>Symbols as text that means the same wherever it is put.</summary>
internal static class TypeText
{
    private static readonly SymbolDisplayFormat WithNullability = SymbolDisplayFormat.FullyQualifiedFormat.AddMiscellaneousOptions(
        SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    /// <summary>The type with the question marks of its declaration. A dynamic value is an object here, or the compiler would bind generated calls at run time.</summary>
    internal static string Of(ITypeSymbol type) => type.TypeKind == TypeKind.Dynamic ? "object?" : type.ToDisplayString(WithNullability);

    /// <summary>The type, without a question mark of its own when it is a reference type.</summary>
    internal static string WithoutNull(ITypeSymbol type) =>
        Of(type.IsReferenceType ? type.WithNullableAnnotation(NullableAnnotation.NotAnnotated) : type);

    internal static string Identifier(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None ? "@" + name : name;

    internal static string Literal(string? text) => text is null ? "null" : SymbolDisplay.FormatLiteral(text, quote: true);
}
