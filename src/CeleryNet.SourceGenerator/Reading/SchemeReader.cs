using Microsoft.CodeAnalysis;

namespace CeleryNet.SourceGenerator.Reading;

/// <summary>Finds the schemes that this assembly and the referenced ones serve.</summary>
internal static class SchemeReader
{
    internal static EquatableArray<SchemeModel> Read(Compilation compilation, CancellationToken cancellationToken)
    {
        var schemes = new List<SchemeModel>();
        Add(schemes, compilation.Assembly, compilation);
        foreach (var assembly in compilation.SourceModule.ReferencedAssemblySymbols)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (MayServe(assembly)) Add(schemes, assembly, compilation);
        }

        return schemes.Distinct().OrderBy(scheme => scheme.Registry, StringComparer.Ordinal).ThenBy(scheme => scheme.Scheme, StringComparer.Ordinal).ToEquatableArray();
    }

    // This runs after every edit: only assemblies that know the attributes are asked for them.
    private static bool MayServe(IAssemblySymbol assembly) =>
        assembly.Name == WellKnown.Library
        || assembly.Modules.Any(module => module.ReferencedAssemblies.Any(reference => reference.Name == WellKnown.Library));

    private static void Add(List<SchemeModel> schemes, IAssemblySymbol assembly, Compilation compilation)
    {
        foreach (var attribute in assembly.GetAttributes())
        {
            if (RegistryOf(attribute) is not { } registry) continue;
            var arguments = attribute.ConstructorArguments;
            if (arguments.Length != 2 || arguments[0].Value is not string scheme || arguments[1].Value is not INamedTypeSymbol factory) continue;
            if (compilation.IsSymbolAccessibleWithin(factory, compilation.Assembly)) schemes.Add(new SchemeModel(registry, scheme, TypeText.Of(factory)));
        }
    }

    private static string? RegistryOf(AttributeData attribute)
    {
        if (attribute.AttributeClass.Is("CeleryNet.Brokers", "BrokerSchemeAttribute")) return "global::CeleryNet.Brokers.BrokerSchemes";
        return attribute.AttributeClass.Is("CeleryNet.Results", "ResultSchemeAttribute") ? "global::CeleryNet.Results.ResultSchemes" : null;
    }
}
