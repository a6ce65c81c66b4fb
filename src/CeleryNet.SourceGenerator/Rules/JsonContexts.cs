using Microsoft.CodeAnalysis;

namespace CeleryNet.SourceGenerator.Rules;

/// <summary>Which types have JSON metadata.</summary>
internal static class JsonContexts
{
    private const string JsonNamespace = "System.Text.Json.Serialization";

    internal static bool IsContext(INamedTypeSymbol type) => type.TypeKind == TypeKind.Class && type.IsOrDerivesFrom(JsonNamespace, "JsonSerializerContext");

    /// <summary>The contexts of referenced assemblies, the framework's own left out.</summary>
    internal static IEnumerable<INamedTypeSymbol> InReferences(Compilation compilation, CancellationToken cancellationToken)
    {
        foreach (var assembly in compilation.SourceModule.ReferencedAssemblySymbols)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (assembly.Name.StartsWith("System.", StringComparison.Ordinal) || assembly.Name.StartsWith("Microsoft.", StringComparison.Ordinal)) continue;
            if (!assembly.Modules.Any(module => module.ReferencedAssemblies.Any(reference => reference.Name == "System.Text.Json"))) continue;
            foreach (var type in TypesIn(assembly.GlobalNamespace)) yield return type;
        }
    }

    /// <summary>The types the contexts name, and those their metadata brings along: elements, type arguments, properties.</summary>
    internal static HashSet<ITypeSymbol> TypesOf(IEnumerable<INamedTypeSymbol> contexts)
    {
        var known = new HashSet<ITypeSymbol>(SymbolEqualityComparer.Default);
        var open = new Stack<ITypeSymbol>();
        foreach (var context in contexts)
        {
            foreach (var attribute in context.GetAttributes())
            {
                if (attribute.AttributeClass.Is(JsonNamespace, "JsonSerializableAttribute") && attribute.ConstructorArguments.FirstOrDefault().Value is ITypeSymbol type)
                    open.Push(type);
            }
        }

        while (open.Count > 0)
        {
            var type = open.Pop();
            if (type.SpecialType != SpecialType.None || !known.Add(type)) continue;
            foreach (var part in PartsOf(type)) open.Push(part);
        }

        return known;
    }

    private static IEnumerable<ITypeSymbol> PartsOf(ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol array) return [array.ElementType];
        if (type is not INamedTypeSymbol named) return [];
        if (named.ContainingNamespace?.ToDisplayString().StartsWith("System", StringComparison.Ordinal) == true) return named.TypeArguments;
        var parts = new List<ITypeSymbol>(named.TypeArguments);
        for (var current = named; current is not null && current.SpecialType == SpecialType.None; current = current.BaseType)
        {
            parts.AddRange(current.GetMembers().OfType<IPropertySymbol>()
                .Where(property => !property.IsStatic && property.DeclaredAccessibility == Accessibility.Public)
                .Select(property => property.Type));
            parts.AddRange(current.GetAttributes()
                .Where(attribute => attribute.AttributeClass.Is(JsonNamespace, "JsonDerivedTypeAttribute"))
                .Select(attribute => attribute.ConstructorArguments.FirstOrDefault().Value).OfType<ITypeSymbol>());
        }

        return parts;
    }

    private static IEnumerable<INamedTypeSymbol> TypesIn(INamespaceOrTypeSymbol container)
    {
        foreach (var member in container.GetMembers())
        {
            if (member is INamedTypeSymbol type && IsContext(type)) yield return type;
            if (member is not INamespaceOrTypeSymbol inner) continue;
            foreach (var nested in TypesIn(inner)) yield return nested;
        }
    }
}
