using CeleryNet.SourceGenerator.Reading;
using Microsoft.CodeAnalysis;

namespace CeleryNet.SourceGenerator.Rules;

/// <summary>Rules without which no code can be generated. The analyzer reports them; the generator passes over a method that breaks one.</summary>
internal static class ShapeRules
{
    private const int MostParameters = 64; // ArgumentReader keeps one bit for each

    internal static List<Problem> Find(IMethodSymbol method)
    {
        var problems = new List<Problem>();
        if (Place(method) is { } misplaced)
        {
            problems.Add(misplaced);
            return problems;
        }

        if (method.IsGenericMethod || IsInGeneric(method.ContainingType)) problems.Add(new Problem(Descriptors.Generic, method, method.Name));
        if (Accessible(method) is { } inaccessible) problems.Add(inaccessible);
        if (!method.ContainingType.IsRemote() && !method.IsStatic && Instance(method) is { } noInstance) problems.Add(noInstance);
        AddReturn(problems, method);
        AddParameters(problems, method);
        return problems;
    }

    private static Problem? Place(IMethodSymbol method)
    {
        if (method.MethodKind is not (MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation))
            return new Problem(Descriptors.Misplaced, method, method.Name, "only ordinary methods can be tasks; move the code into one");
        var type = method.ContainingType;
        if (type is null || !type.CanBeReferencedByName)
            return new Problem(Descriptors.Misplaced, method, method.Name, "members of an extension block cannot be tasks; make it a method of the class");
        if (type.TypeKind == TypeKind.Interface && !type.IsRemote())
            return new Problem(Descriptors.Misplaced, method, method.Name, $"mark the interface '{type.Name}' with [RemoteTasks], or put [Task] on the method that implements it");
        if (type.TypeKind == TypeKind.Interface && method.IsStatic)
            return new Problem(Descriptors.Misplaced, method, method.Name, "a static method of an interface is not a remote task; move it to a class");
        return null;
    }

    private static bool IsInGeneric(INamedTypeSymbol? type)
    {
        for (; type is not null; type = type.ContainingType)
        {
            if (type.Arity > 0) return true;
        }

        return false;
    }

    private static Problem? Accessible(IMethodSymbol method)
    {
        for (ISymbol? symbol = method; symbol is IMethodSymbol or INamedTypeSymbol; symbol = symbol.ContainingType)
        {
            var how = symbol switch
            {
                INamedTypeSymbol { IsFileLocal: true } => "local to its file",
                { DeclaredAccessibility: Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal } => null,
                { DeclaredAccessibility: Accessibility.Private } => "private",
                _ => "protected",
            };
            if (how is not null) return new Problem(Descriptors.Inaccessible, method, method.Name, symbol.Name, how);
        }

        return null;
    }

    private static Problem? Instance(IMethodSymbol method)
    {
        var type = method.ContainingType;
        if (type.TypeKind == TypeKind.Struct) return new Problem(Descriptors.CannotInstantiate, method, method.Name, "the struct", type.Name);
        return type.IsAbstract ? new Problem(Descriptors.CannotInstantiate, method, method.Name, "the abstract class", type.Name) : null;
    }

    private static void AddReturn(List<Problem> problems, IMethodSymbol method)
    {
        if (method is { IsAsync: true, ReturnsVoid: true })
        {
            problems.Add(new Problem(Descriptors.AsyncVoid, method, method.Name));
            return;
        }

        if (method.ReturnsByRef || method.ReturnsByRefReadonly)
        {
            problems.Add(new Problem(Descriptors.UnsupportedReturn, method, method.Name, "ref " + method.ReturnType.ToDisplayString(), "a reference does not travel; return the value"));
            return;
        }

        if (TaskReader.ReturnOf(method).Result is not { } result) return;
        var composer = new ConverterComposer();
        composer.Compose(result);
        if (composer.Problem is { } reason) problems.Add(new Problem(Descriptors.UnsupportedReturn, method, method.Name, method.ReturnType.ToDisplayString(), reason));
    }

    private static void AddParameters(List<Problem> problems, IMethodSymbol method)
    {
        var travelling = 0;
        foreach (var parameter in method.Parameters)
        {
            if (parameter.RefKind != RefKind.None)
            {
                problems.Add(Unsupported(parameter, method, "the caller and the task share no memory; pass it by value and return what changes"));
                continue;
            }

            var report = parameter.ReportOf();
            if (report is null && parameter.IsInjected()) continue;
            if (report is null) travelling++;
            var composer = new ConverterComposer();
            composer.Compose(report ?? parameter.Type);
            if (composer.Problem is { } reason) problems.Add(Unsupported(parameter, method, reason));
        }

        if (travelling > MostParameters) problems.Add(new Problem(Descriptors.TooManyParameters, method, method.Name, travelling));
    }

    private static Problem Unsupported(IParameterSymbol parameter, IMethodSymbol method, string reason)
    {
        var prefix = parameter.RefKind switch { RefKind.None => "", RefKind.Out => "out ", RefKind.Ref => "ref ", _ => "in " };
        return new Problem(Descriptors.UnsupportedParameter, parameter, parameter.Name, method.Name, prefix + parameter.Type.ToDisplayString(), reason);
    }
}
