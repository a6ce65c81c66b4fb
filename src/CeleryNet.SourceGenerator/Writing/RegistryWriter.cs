using System.Text;
using CeleryNet.SourceGenerator.Reading;
using Microsoft.CodeAnalysis.CSharp;

namespace CeleryNet.SourceGenerator.Writing;

/// <summary>Writes the registry of the assembly and its <c>AddTasks()</c>.</summary>
internal static class RegistryWriter
{
    internal static string Write(RegistryModel model)
    {
        var name = NameOf(model.Assembly);
        var writer = SourceWriter.File();
        writer.Open("namespace CeleryNet");
        writer.Line($"/// <summary>The tasks of the assembly {model.Assembly}; another host adds them by <c>AddTasks&lt;{name}&gt;()</c>.</summary>");
        writer.Line(Names.Generated);
        writer.Open($"public sealed class {name} : {Names.Tasks}.ITaskRegistry");
        writer.Open($"private {name}()");
        writer.Close();
        writer.Line();
        writer.Line("/// <inheritdoc/>");
        writer.Line($"public static global::System.Collections.Generic.IReadOnlyList<{Names.Tasks}.TaskHandler> Handlers {{ get; }} = new {Names.Tasks}.TaskHandler[]");
        writer.Open();
        foreach (var entry in model.Entries) writer.Line($"new {entry.HandlerType}(),");
        writer.Close(";");
        writer.Line();
        WriteServices(writer, model);
        writer.Close();
        writer.Line();
        WriteAddTasks(writer, name);
        writer.Close();
        return writer.ToString();
    }

    /// <summary><c>Shop.Web</c> is <c>ShopWebTasksRegistry</c>.</summary>
    internal static string NameOf(string assembly)
    {
        var name = new StringBuilder();
        var startsWord = true;
        foreach (var letter in assembly)
        {
            if (SyntaxFacts.IsIdentifierPartCharacter(letter))
            {
                if (name.Length == 0 && !SyntaxFacts.IsIdentifierStartCharacter(letter)) name.Append('_');
                name.Append(startsWord ? char.ToUpperInvariant(letter) : letter);
                startsWord = false;
            }
            else
            {
                startsWord = true;
            }
        }

        return name.Append("TasksRegistry").ToString();
    }

    private static void WriteServices(SourceWriter writer, RegistryModel model)
    {
        writer.Line("/// <inheritdoc/>");
        writer.Open($"public static void AddServices({Names.DependencyInjection}.IServiceCollection services)");
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in model.Entries)
        {
            if (entry is not { ScopedType: { } type, Constructor: { } constructor } || !written.Add(type)) continue;
            var arguments = string.Join(", ", constructor.Select(service => ServiceText.Of(service, "provider")));
            writer.Line($"{Names.DependencyInjection}.Extensions.ServiceCollectionDescriptorExtensions.TryAddScoped(services, static provider => new {type}({arguments}));");
        }

        PeriodicWriter.Write(writer, model);
        writer.Close();
    }

    private static void WriteAddTasks(SourceWriter writer, string name)
    {
        writer.Line(Names.Generated);
        writer.Line(Names.Embedded);
        writer.Open("internal static class GeneratedTaskRegistryExtensions");
        writer.Line("/// <summary>Adds every task of this assembly.</summary>");
        writer.Line($"internal static global::CeleryNet.TaskQueueBuilder AddTasks(this global::CeleryNet.TaskQueueBuilder builder) => builder.AddTasks<{name}>();");
        writer.Close();
    }
}
