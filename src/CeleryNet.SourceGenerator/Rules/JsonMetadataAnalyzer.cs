using System.Collections.Concurrent;
using System.Collections.Immutable;
using CeleryNet.SourceGenerator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace CeleryNet.SourceGenerator.Rules;

/// <summary>Warns of the user's own types that no <c>JsonSerializerContext</c> knows, because they would fail when the first message is written.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class JsonMetadataAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Descriptors.NoJsonMetadata];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(WellKnown.TaskAttribute) is null) return;
            var needed = new ConcurrentBag<(ITypeSymbol Type, ISymbol Where, string Task)>();
            var contexts = new ConcurrentBag<INamedTypeSymbol>();
            start.RegisterSymbolAction(symbol => Collect((IMethodSymbol)symbol.Symbol, needed), SymbolKind.Method);
            start.RegisterSymbolAction(symbol => CollectContext((INamedTypeSymbol)symbol.Symbol, contexts), SymbolKind.NamedType);
            start.RegisterCompilationEndAction(end => Report(needed, contexts, end));
        });
    }

    private static void Collect(IMethodSymbol method, ConcurrentBag<(ITypeSymbol Type, ISymbol Where, string Task)> needed)
    {
        if (WellKnown.TaskAttributeOf(method) is null || ShapeRules.Find(method).Count > 0) return;
        foreach (var parameter in method.Parameters)
        {
            if (parameter.ReportOf() is { } report) Add(report, parameter);
            else if (!parameter.IsInjected()) Add(parameter.Type, parameter);
        }

        if (TaskReader.ReturnOf(method).Result is { } result) Add(result, method);

        void Add(ITypeSymbol type, ISymbol where)
        {
            var composer = new ConverterComposer();
            composer.Compose(type);
            foreach (var json in composer.JsonTypes) needed.Add((json, where, method.Name));
        }
    }

    private static void CollectContext(INamedTypeSymbol type, ConcurrentBag<INamedTypeSymbol> contexts)
    {
        if (JsonContexts.IsContext(type)) contexts.Add(type);
    }

    private static void Report(
        ConcurrentBag<(ITypeSymbol Type, ISymbol Where, string Task)> needed, IEnumerable<INamedTypeSymbol> contexts, CompilationAnalysisContext context)
    {
        if (needed.IsEmpty) return;
        var known = JsonContexts.TypesOf(contexts.Concat(JsonContexts.InReferences(context.Compilation, context.CancellationToken)));
        foreach (var (type, where, task) in needed)
        {
            if (known.Contains(type)) continue;
            var hint = type.TypeKind == TypeKind.Interface && where is IParameterSymbol ? "; or, if it is a service, mark the parameter with [FromServices]" : "";
            context.ReportDiagnostic(new Problem(
                Descriptors.NoJsonMetadata, where, type.ToDisplayString(), task, type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat), hint).ToDiagnostic());
        }
    }
}
