using System.Collections.Immutable;
using CeleryNet.SourceGenerator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace CeleryNet.SourceGenerator.Rules;

/// <summary>Judges the tasks of one class or interface together.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TaskClassAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [Descriptors.CallClash, Descriptors.RemoteWithoutTask, Descriptors.NoConstructor];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(WellKnown.TaskAttribute) is null) return;
            start.RegisterSymbolAction(static symbol => Judge((INamedTypeSymbol)symbol.Symbol, symbol.ReportDiagnostic), SymbolKind.NamedType);
        });
    }

    private static void Judge(INamedTypeSymbol type, Action<Diagnostic> report)
    {
        var methods = type.GetMembers().OfType<IMethodSymbol>().Where(method => method.MethodKind == MethodKind.Ordinary).ToList();
        if (type.IsRemote())
        {
            foreach (var method in methods.Where(method => method.IsAbstract && !method.IsStatic && WellKnown.TaskAttributeOf(method) is null))
                report(new Problem(Descriptors.RemoteWithoutTask, method, method.Name, type.Name).ToDiagnostic());
        }

        var tasks = methods.Where(method => WellKnown.TaskAttributeOf(method) is not null && ShapeRules.Find(method).Count == 0).ToList();
        if (tasks.Count == 0) return;
        ReportClashes(type, tasks, report);
        if (type.TypeKind == TypeKind.Class && tasks.Any(task => !task.IsStatic) && ClassReader.ConstructorOf(type) is null)
            report(new Problem(Descriptors.NoConstructor, type, type.Name).ToDiagnostic());
    }

    private static void ReportClashes(INamedTypeSymbol type, List<IMethodSymbol> tasks, Action<Diagnostic> report)
    {
        for (var i = 0; i < tasks.Count; i++)
        {
            var call = TaskName.WithoutAsync(tasks[i].Name) + "Task";
            // A member of the class itself is found before any extension, so the generated call could not be reached.
            ISymbol? other = type.GetMembers(call).FirstOrDefault();
            for (var j = 0; j < i && other is null; j++)
            {
                if (TaskName.WithoutAsync(tasks[j].Name) + "Task" == call && SameParameters(tasks[i], tasks[j])) other = tasks[j];
            }

            if (other is not null) report(new Problem(Descriptors.CallClash, tasks[i], call, tasks[i].Name, other.Name).ToDiagnostic());
        }
    }

    private static bool SameParameters(IMethodSymbol one, IMethodSymbol other) =>
        TypesOf(one).SequenceEqual(TypesOf(other), SymbolEqualityComparer.Default);

    private static IEnumerable<ITypeSymbol> TypesOf(IMethodSymbol method) => method.Parameters.Where(parameter => !parameter.IsInjected()).Select(parameter => parameter.Type);
}
