using System.Collections.Concurrent;
using System.Collections.Immutable;
using CeleryNet.SourceGenerator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace CeleryNet.SourceGenerator.Rules;

/// <summary>Finds wire names that two handlers of the assembly share. Remote tasks may: two signatures of one Python task are overloads.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TaskNameAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Descriptors.DuplicateName];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(WellKnown.TaskAttribute) is null) return;
            var tasks = new ConcurrentBag<(string Name, IMethodSymbol Method)>();
            start.RegisterSymbolAction(
                symbol =>
                {
                    var method = (IMethodSymbol)symbol.Symbol;
                    if (method.ContainingType.TypeKind == TypeKind.Interface || WellKnown.TaskAttributeOf(method) is not { } attribute) return;
                    if (method.MethodKind == MethodKind.Ordinary) tasks.Add((TaskName.Of(method, attribute), method));
                },
                SymbolKind.Method);
            start.RegisterCompilationEndAction(end => Report(tasks, end));
        });
    }

    private static void Report(IEnumerable<(string Name, IMethodSymbol Method)> tasks, CompilationAnalysisContext context)
    {
        foreach (var group in tasks.GroupBy(task => task.Name, StringComparer.Ordinal))
        {
            var methods = group.Select(task => task.Method).OrderBy(Position, StringComparer.Ordinal).ToList();
            foreach (var method in methods.Skip(1))
                context.ReportDiagnostic(new Problem(Descriptors.DuplicateName, method, method.Name, group.Key, methods[0].ToDisplayString()).ToDiagnostic());
        }
    }

    private static string Position(IMethodSymbol method)
    {
        var location = method.Locations[0];
        return $"{location.SourceTree?.FilePath}:{location.SourceSpan.Start:D9}";
    }
}
