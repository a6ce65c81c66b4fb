using CeleryNet.SourceGenerator.Rules;
using Microsoft.CodeAnalysis;

namespace CeleryNet.SourceGenerator.Reading;

/// <summary>Makes the model of a <c>[Task]</c> method.</summary>
internal static class TaskReader
{
    /// <summary>The model; <c>null</c> when the method cannot be a task, which the analyzers report.</summary>
    internal static TaskModel? Read(GeneratorAttributeSyntaxContext context, CancellationToken cancellationToken)
    {
        if (context.TargetSymbol is not IMethodSymbol target) return null;
        var method = target.PartialDefinitionPart ?? target; // the part that has the default values
        if (ShapeRules.Find(method).Count > 0) return null;
        cancellationToken.ThrowIfCancellationRequested();

        var parameters = new List<ParameterModel>();
        foreach (var parameter in method.Parameters)
        {
            if (ParameterReader.Read(parameter) is not { } model) return null;
            parameters.Add(model);
        }

        var (form, result, returnsOutcome) = ReturnOf(method);
        string? converter = null;
        if (result is not null)
        {
            var composer = new ConverterComposer();
            converter = composer.ComposeStrict(result);
            if (composer.HasErrors) return null;
        }

        var attribute = context.Attributes[0];
        return new TaskModel
        {
            Class = ClassReader.Read(method.ContainingType),
            Method = TypeText.Identifier(method.Name),
            CallName = TaskName.WithoutAsync(method.Name),
            WireName = TaskName.Of(method, attribute),
            IsStatic = method.IsStatic,
            IsRemote = method.ContainingType.IsRemote(),
            IsPublic = method.DeclaredAccessibility == Accessibility.Public,
            Form = form,
            ReturnsOutcome = returnsOutcome,
            ResultType = result is null ? null : TypeText.Of(result),
            ResultConverter = converter,
            Parameters = parameters.ToEquatableArray(),
            Policy = PolicyReader.Read(attribute),
            Conditions = ConditionReader.Read(method),
            Periodic = PeriodicRules.Required(method) is null ? PeriodicReader.Read(method) : default,
            DocumentationId = method.GetDocumentationCommentId(),
        };
    }

    /// <summary>How a method returns, the type of the value, and whether it comes as an outcome.</summary>
    internal static (ReturnForm Form, ITypeSymbol? Result, bool ReturnsOutcome) ReturnOf(IMethodSymbol method)
    {
        var (form, returned) = Unwrap(method.ReturnType);
        if (returned is not INamedTypeSymbol named || !named.Is("CeleryNet", "TaskOutcome")) return (form, returned, false);
        return (form, named.Arity == 0 ? null : named.TypeArguments[0], true);
    }

    private static (ReturnForm Form, ITypeSymbol? Returned) Unwrap(ITypeSymbol type)
    {
        if (type.SpecialType == SpecialType.System_Void) return (ReturnForm.Void, null);
        if (type is not INamedTypeSymbol named) return (ReturnForm.Value, type);
        if (type.Is("System.Threading.Tasks", "Task")) return named.Arity == 0 ? (ReturnForm.Task, null) : (ReturnForm.TaskOfValue, named.TypeArguments[0]);
        if (type.Is("System.Threading.Tasks", "ValueTask")) return named.Arity == 0 ? (ReturnForm.ValueTask, null) : (ReturnForm.ValueTaskOfValue, named.TypeArguments[0]);
        return (ReturnForm.Value, type);
    }
}
