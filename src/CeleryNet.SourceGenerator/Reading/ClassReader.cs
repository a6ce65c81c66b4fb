using Microsoft.CodeAnalysis;

namespace CeleryNet.SourceGenerator.Reading;

/// <summary>Makes the model of a class with tasks.</summary>
internal static class ClassReader
{
    private static readonly SymbolDisplayFormat NamespaceName =
        SymbolDisplayFormat.FullyQualifiedFormat.WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted);

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
            Namespace = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString(NamespaceName),
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
            if (HasRequiredMembers(type) && constructor.Attribute("System.Diagnostics.CodeAnalysis", "SetsRequiredMembersAttribute") is null) continue;
            if (constructor.Attribute("Microsoft.Extensions.DependencyInjection", "ActivatorUtilitiesConstructorAttribute") is not null) return constructor;
            if (best is null || constructor.Parameters.Length > best.Parameters.Length) best = constructor;
        }

        return best;
    }

    private static bool HasRequiredMembers(INamedTypeSymbol type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (current.GetMembers().Any(member => member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true })) return true;
        }

        return false;
    }
}
