using Microsoft.CodeAnalysis;

namespace CeleryNet.SourceGenerator.Reading;

/// <summary>Composes the converter of a type, as an expression, and notes what stands in the way. Generator and analyzers share it, so they agree on what is supported.</summary>
internal sealed class ConverterComposer
{
    internal const string Converters = "global::CeleryNet.Serialization.WireConverters";

    private readonly List<ITypeSymbol> _jsonTypes = [];

    /// <summary>Why the type cannot travel, with the way out; <c>null</c> when it can.</summary>
    internal string? Problem { get; private set; }

    /// <summary>True when a type does not exist, which the compiler reports itself.</summary>
    internal bool HasErrors { get; private set; }

    /// <summary>The user's own types, which need JSON metadata.</summary>
    internal IReadOnlyList<ITypeSymbol> JsonTypes => _jsonTypes;

    /// <summary>The converter of a type; of a reference type the one that takes null.</summary>
    internal string Compose(ITypeSymbol type)
    {
        if (KnownTypes.Simple(type) is { } simple) return $"{Converters}.{simple}";
        if (type.Is("CeleryNet", "Signature") && type is INamedTypeSymbol { Arity: 0 }) return "global::CeleryNet.Signature.Converter";
        switch (type)
        {
            case IErrorTypeSymbol:
                HasErrors = true;
                return "";
            case IDynamicTypeSymbol:
                return $"{Converters}.Any";
            case IArrayTypeSymbol array:
                return ComposeArray(array);
            case { TypeKind: TypeKind.Enum }:
                return $"{Converters}.Enum<{TypeText.Of(type)}>()";
            case INamedTypeSymbol { IsGenericType: true } generic when ComposeGeneric(generic) is { } composed:
                return composed;
        }

        if (KnownTypes.WhyNot(type) is { } reason)
        {
            Problem ??= reason;
            return "";
        }

        _jsonTypes.Add(type);
        return $"{Converters}.Json<{TypeText.WithoutNull(type)}>()";
    }

    /// <summary>The converter of a type that refuses null where the type has no question mark.</summary>
    internal string ComposeStrict(ITypeSymbol type)
    {
        var converter = Compose(type);
        return IsNotNull(type) ? $"{Converters}.NotNull({converter})" : converter;
    }

    internal static bool IsNotNull(ITypeSymbol type) =>
        type.IsReferenceType && type.NullableAnnotation == NullableAnnotation.NotAnnotated && type.TypeKind != TypeKind.Dynamic;

    private string ComposeArray(IArrayTypeSymbol array)
    {
        if (array.Rank != 1) Problem ??= "JSON has no arrays of several dimensions; use an array of arrays";
        return array.ElementType.SpecialType == SpecialType.System_Byte ? $"{Converters}.Bytes" : $"{Converters}.Array({ComposeStrict(array.ElementType)})";
    }

    private string? ComposeGeneric(INamedTypeSymbol type)
    {
        if (type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T) return $"{Converters}.Nullable({Compose(type.TypeArguments[0])})";
        if (type.IsTupleType) return ComposeTuple(type);
        if (type.ContainingNamespace.ToDisplayString() != "System.Collections.Generic") return null;
        if (type.Arity == 1 && KnownTypes.IsList(type.Name)) return $"{Converters}.{type.Name}({ComposeStrict(type.TypeArguments[0])})";
        if (type.Arity != 2) return null;

        return (type.Name, type.TypeArguments[0].SpecialType) switch
        {
            ("Dictionary" or "IDictionary" or "IReadOnlyDictionary", SpecialType.System_String) => $"{Converters}.{type.Name}({ComposeStrict(type.TypeArguments[1])})",
            ("Dictionary", SpecialType.System_Int32) => $"{Converters}.Int32Dictionary({ComposeStrict(type.TypeArguments[1])})",
            ("Dictionary", SpecialType.System_Int64) => $"{Converters}.Int64Dictionary({ComposeStrict(type.TypeArguments[1])})",
            _ => null,
        };
    }

    private string ComposeTuple(INamedTypeSymbol type)
    {
        if (type.TupleElements.Length is < 2 or > 3)
        {
            Problem ??= "only tuples of two or three items are supported; use a record";
            return "";
        }

        return $"{Converters}.Tuple({string.Join(", ", type.TupleElements.Select(item => ComposeStrict(item.Type)))})";
    }
}
