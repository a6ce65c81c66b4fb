using CeleryNet.SourceGenerator.Reading;
using CeleryNet.SourceGenerator.Writing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace CeleryNet.SourceGenerator;

/// <summary>
/// Generates, from <c>[Task]</c> methods: handlers, definitions, typed calls, the registry of the assembly with its <c>AddTasks()</c>; and from referenced packages the
/// registration of the schemes they serve. Reports nothing: the analyzers do.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class TaskGenerator : IIncrementalGenerator
{
    internal const string TasksStep = "Tasks";
    internal const string GroupsStep = "Groups";
    internal const string RegistryStep = "Registry";
    internal const string SchemesStep = "Schemes";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // AddTasks() is embedded: internals that another assembly shows to this one would make the call ambiguous.
        context.RegisterPostInitializationOutput(static output => output.AddEmbeddedAttributeDefinition());

        var tasks = context.SyntaxProvider
            .ForAttributeWithMetadataName(WellKnown.TaskAttribute, static (node, _) => node is MethodDeclarationSyntax, TaskReader.Read)
            .Where(static task => task is not null)
            .Select(static (task, _) => task!) // the line above let no null pass
            .WithTrackingName(TasksStep)
            .Collect();

        var groups = tasks.SelectMany(static (all, _) => Grouping.ByClass(all)).WithTrackingName(GroupsStep);
        context.RegisterSourceOutput(groups, static (output, group) => output.AddSource(Grouping.FileOf(group.Class), ClassWriter.Write(group)));

        var registry = tasks
            .Combine(context.CompilationProvider.Select(static (compilation, _) => compilation.AssemblyName ?? "Assembly"))
            .Select(static (pair, _) => Grouping.Registry(pair.Left, pair.Right))
            .WithTrackingName(RegistryStep);
        context.RegisterSourceOutput(registry, static (output, model) =>
        {
            if (model is not null) output.AddSource("TasksRegistry.g.cs", RegistryWriter.Write(model));
        });

        var schemes = context.CompilationProvider.Select(SchemeReader.Read).WithTrackingName(SchemesStep);
        context.RegisterSourceOutput(schemes, static (output, model) =>
        {
            if (model.Count > 0) output.AddSource("Schemes.g.cs", SchemeWriter.Write(model));
        });
    }
}
