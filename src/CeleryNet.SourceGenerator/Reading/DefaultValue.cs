using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace CeleryNet.SourceGenerator.Reading;

/// <summary>Constants as expressions.</summary>
internal static class DefaultValue
{
    /// <summary>The default of a parameter; <c>null</c> when it is required.</summary>
    internal static string? Of(IParameterSymbol parameter)
    {
        if (parameter.IsParams) return "[]";
        return parameter.HasExplicitDefaultValue ? Of(parameter.Type, parameter.ExplicitDefaultValue) : null;
    }

    internal static string Of(ITypeSymbol type, object? value)
    {
        if (value is null) return type.IsReferenceType ? "null" : "default";
        var underlying = type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : type;
        return underlying.TypeKind == TypeKind.Enum ? $"({TypeText.Of(underlying)})({Primitive(value)})" : Primitive(value);
    }

    private static string Primitive(object value) => value switch
    {
        string text => TypeText.Literal(text),
        char letter => SymbolDisplay.FormatLiteral(letter, quote: true),
        bool flag => flag ? "true" : "false",
        double.NaN => "double.NaN",
        double.PositiveInfinity => "double.PositiveInfinity",
        double.NegativeInfinity => "double.NegativeInfinity",
        double number => number.ToString("R", CultureInfo.InvariantCulture) + "D",
        float.NaN => "float.NaN",
        float.PositiveInfinity => "float.PositiveInfinity",
        float.NegativeInfinity => "float.NegativeInfinity",
        float number => number.ToString("R", CultureInfo.InvariantCulture) + "F",
        decimal number => number.ToString(CultureInfo.InvariantCulture) + "M",
        long number => number.ToString(CultureInfo.InvariantCulture) + "L",
        ulong number => number.ToString(CultureInfo.InvariantCulture) + "UL",
        uint number => number.ToString(CultureInfo.InvariantCulture) + "U",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => "default",
    };
}
