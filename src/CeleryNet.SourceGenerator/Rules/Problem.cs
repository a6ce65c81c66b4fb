using Microsoft.CodeAnalysis;

namespace CeleryNet.SourceGenerator.Rules;

/// <summary>A rule that code breaks.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Where">The symbol to point at.</param>
/// <param name="Arguments">Holes of the rule's message.</param>
internal sealed record Problem(DiagnosticDescriptor Rule, ISymbol Where, params object[] Arguments)
{
    internal Diagnostic ToDiagnostic() => Diagnostic.Create(Rule, Where.Locations.FirstOrDefault(location => location.IsInSource), Arguments);
}
