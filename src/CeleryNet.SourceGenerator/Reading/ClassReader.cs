using Microsoft.CodeAnalysis;

namespace CeleryNet.SourceGenerator.Reading;

/// <summary>Makes the model of a class with tasks.</summary>
internal static class ClassReader
{
    internal static ClassModel Read(INamedTypeSymbol type)
    {
        var names = new Stack<string>();
        var isPublic = true;
        for (var current = type; current is not null; current = current.ContainingType)
        {
            names.Push(current.Name);
            isPublic &= current.DeclaredAccessibility == Accessibility.Public;
        }

        return new ClassModel
        {
            Type = TypeText.Of(type),
            Namespace = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat.WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted)),
            CallsName = string.Join("_", names) + "_Calls",
            IsPublic = isPublic,
            Constructor = ConstructorOf(type)?.Parameters.Select(ServiceReader.Read).ToEquatableArray(),
        };
    }

    /// <summary>The constructor the container would take: the marked one, else the longest public one. <c>null</c> when none can be called.</summary>
    internal static IMethodSymbol? ConstructorOf(INamedTypeSymbol type)
    {
        if (type.TypeKind != TypeKind.Class || type.IsStatic || type.IsAbstract) return null;
        IMethodSymbol? best = null;
        foreach (var constructor in type.InstanceConstructors)
        {
            if (constructor.DeclaredAccessibility != Accessibility.Public || constructor.Parameters.Any(parameter => parameter.RefKind != RefKind.None)) continue;
            if (constructor.Attribute("Microsoft.Extensions.DependencyInjection", "ActivatorUtilitiesConstructorAttribute") is not null) return constructor;
            if (best is null || constructor.Parameters.Length > best.Parameters.Length) best = constructor;
        }

        return best;
    }
}
