using Microsoft.CodeAnalysis;

namespace CeleryNet.SourceGenerator;

/// <summary>Names of the types the generator looks for, and how it recognises them without loading them.</summary>
internal static class WellKnown
{
    internal const string TaskAttribute = "CeleryNet.TaskAttribute";
    internal const string Library = "CeleryNet";

    internal static bool Is(this ITypeSymbol? type, string containingNamespace, string name) =>
        type is not null && type.Name == name && type.ContainingType is null && type.ContainingNamespace.ToDisplayString() == containingNamespace;

    internal static bool IsOrDerivesFrom(this ITypeSymbol type, string containingNamespace, string name)
    {
        for (ITypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            if (current.Is(containingNamespace, name)) return true;
        }

        return false;
    }

    internal static AttributeData? Attribute(this ISymbol symbol, string containingNamespace, string name)
    {
        foreach (var attribute in symbol.GetAttributes())
        {
            if (attribute.AttributeClass.Is(containingNamespace, name)) return attribute;
        }

        return null;
    }

    /// <summary>The attribute of a task. Both parts of a partial method have it; only the defining one counts.</summary>
    internal static AttributeData? TaskAttributeOf(ISymbol method) =>
        method is IMethodSymbol { PartialDefinitionPart: not null } ? null : method.Attribute("CeleryNet", "TaskAttribute");

    internal static bool IsRemote(this INamedTypeSymbol type) =>
        type.TypeKind == TypeKind.Interface && type.Attribute("CeleryNet", "RemoteTasksAttribute") is not null;

    internal static bool IsTaskContext(this ITypeSymbol type) => type.Is("CeleryNet", "TaskContext");

    internal static bool IsCancellationToken(this ITypeSymbol type) => type.Is("System.Threading", "CancellationToken");

    internal static bool IsProgress(this ITypeSymbol type) => type is INamedTypeSymbol { Arity: 1 } && type.Is("System", "IProgress");

    internal static AttributeData? KeyedServiceAttribute(this IParameterSymbol parameter) =>
        parameter.Attribute("Microsoft.Extensions.DependencyInjection", "FromKeyedServicesAttribute");

    internal static bool IsService(this IParameterSymbol parameter) =>
        parameter.Attribute("CeleryNet", "FromServicesAttribute") is not null
        || parameter.Attribute("Microsoft.AspNetCore.Mvc", "FromServicesAttribute") is not null
        || parameter.KeyedServiceAttribute() is not null;

    /// <summary>What a task reports through the parameter; <c>null</c> when it reports nothing.</summary>
    internal static ITypeSymbol? ReportOf(this IParameterSymbol parameter) =>
        !parameter.IsService() && parameter.Type.IsProgress() ? ((INamedTypeSymbol)parameter.Type).TypeArguments[0] : null;

    /// <summary>True for a parameter that never travels.</summary>
    internal static bool IsInjected(this IParameterSymbol parameter) =>
        parameter.IsService() || parameter.Type.IsTaskContext() || parameter.Type.IsCancellationToken() || parameter.Type.IsProgress();
}
