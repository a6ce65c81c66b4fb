using System.Collections.Immutable;
using CeleryNet.SourceGenerator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace CeleryNet.SourceGenerator.Rules;

/// <summary>Judges each <c>[Task]</c> method by itself.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TaskMethodAnalyzer : DiagnosticAnalyzer
{
    // LanguageVersion.CSharp14, which the oldest supported compiler's API does not name yet.
    private const int CSharp14 = 1400;

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        Descriptors.UnsupportedParameter, Descriptors.UnsupportedReturn, Descriptors.AsyncVoid, Descriptors.Generic, Descriptors.Inaccessible, Descriptors.TooManyParameters,
        Descriptors.BadName, Descriptors.BadTimeSpan, Descriptors.SoftLimitNotBelowHard, Descriptors.BadPriority, Descriptors.CannotInstantiate, Descriptors.Misplaced,
        Descriptors.OldLanguage, Descriptors.BadNumber, Descriptors.NotAnException, Descriptors.BadRate, Descriptors.BadKey, Descriptors.IdleCondition,
        Descriptors.BadCrontab, Descriptors.BadZone, Descriptors.UnclearSchedule, Descriptors.PeriodicArgument, Descriptors.PeriodicNameTwice, Descriptors.IdlePeriodic,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(WellKnown.TaskAttribute) is null) return;
            start.RegisterSymbolAction(static symbol => Judge((IMethodSymbol)symbol.Symbol, symbol), SymbolKind.Method);
            start.RegisterSyntaxNodeAction(
                Reject,
                SyntaxKind.LocalFunctionStatement,
                SyntaxKind.ParenthesizedLambdaExpression);
        });
    }

    private static void Judge(IMethodSymbol method, SymbolAnalysisContext context)
    {
        if (WellKnown.TaskAttributeOf(method) is not { } attribute)
        {
            if (method.PartialDefinitionPart is not null) return;
            foreach (var idle in new[] { ConditionRules.OfOther(method), PeriodicRules.OfOther(method) }.OfType<Problem>()) context.ReportDiagnostic(idle.ToDiagnostic());
            return;
        }

        var problems = ShapeRules.Find(method);
        foreach (var problem in problems) context.ReportDiagnostic(problem.ToDiagnostic());
        if (problems.Any(problem => problem.Rule == Descriptors.Misplaced)) return;
        foreach (var problem in PolicyRules.Find(method, attribute).Concat(ConditionRules.Find(method)).Concat(PeriodicRules.Find(method, attribute))) context.ReportDiagnostic(problem.ToDiagnostic());
        if ((int)((CSharpCompilation)context.Compilation).LanguageVersion < CSharp14)
            context.ReportDiagnostic(new Problem(Descriptors.OldLanguage, method, TaskName.WithoutAsync(method.Name)).ToDiagnostic());
    }

    // Local functions and lambdas are no members, so the symbol action never sees them.
    private static void Reject(SyntaxNodeAnalysisContext context)
    {
        var attributes = context.Node switch
        {
            LocalFunctionStatementSyntax function => function.AttributeLists,
            ParenthesizedLambdaExpressionSyntax lambda => lambda.AttributeLists,
            _ => default,
        };
        if (attributes.Count == 0) return;
        var symbol = context.Node is LocalFunctionStatementSyntax
            ? context.SemanticModel.GetDeclaredSymbol(context.Node, context.CancellationToken)
            : context.SemanticModel.GetSymbolInfo(context.Node, context.CancellationToken).Symbol;
        if (symbol is null || WellKnown.TaskAttributeOf(symbol) is null) return;
        var name = symbol.Name.Length == 0 ? "the lambda" : symbol.Name;
        context.ReportDiagnostic(new Problem(Descriptors.Misplaced, symbol, name, "only methods of a class can be tasks; move the code into one").ToDiagnostic());
    }
}
