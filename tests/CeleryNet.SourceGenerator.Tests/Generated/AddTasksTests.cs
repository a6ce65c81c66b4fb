using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace CeleryNet.SourceGenerator.Tests.Generated;

/// <summary>Which <c>AddTasks()</c> a call means.</summary>
public sealed class AddTasksTests
{
    private const string Task = "public static class MyTasks { [Task(\"my\")] public static void Go() { } }\n";
    private const string Call = "static class Host { static void Start(CeleryNet.TaskQueueBuilder queue) => queue.AddTasks(); }\n";
    private const string Generated = "CeleryNet.GeneratedTaskRegistryExtensions";
    private const string Fallback = "CeleryNet.MissingTaskRegistryExtensions";

    [Theory]
    [InlineData("global using", Call + Task)]
    [InlineData("inside a namespace", "namespace Shop.Web { " + Call + Task + " }")]
    [InlineData("using inside a namespace", "namespace Shop.Web { using CeleryNet; " + Call + Task + " }")]
    [InlineData("inside a namespace of the library", "namespace CeleryNet.Sample { " + Call + Task + " }")]
    [InlineData("inside the library's own namespace", "namespace CeleryNet { " + Call + Task + " }")]
    public void Call_WhereTheAssemblyHasTasks_MeansTheGeneratedOne(string setUp, string source)
    {
        var compilation = Harness.Generate(source);

        Harness.ErrorsOf(compilation).Should().BeEmpty(setUp);
        Target(compilation).Should().Be((Generated, "Shop"));
    }

    [Fact]
    public void Call_WhereTheAssemblyHasNoTasks_MeansTheFallback()
    {
        var compilation = Harness.Generate(Call);

        Harness.ErrorsOf(compilation).Should().BeEmpty();
        Target(compilation).Should().Be((Fallback, "CeleryNet"));
    }

    [Theory]
    [InlineData(Call + "public static class OwnTasks { [Task(\"own\")] public static void Go() { } }", Generated, "Shop.Tests")]
    [InlineData(Call, Fallback, "CeleryNet")]
    public void Call_WhereInternalsOfAnotherAssemblyAreVisible_NeverMeansTheirs(string source, string type, string assembly)
    {
        var shop = Harness.ToReference(Harness.Generate("[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"Shop.Tests\")]\n" + Task));

        var compilation = Harness.Generate(source, "Shop.Tests", [shop]);

        Harness.ErrorsOf(compilation).Should().BeEmpty();
        Target(compilation).Should().Be((type, assembly));
    }

    [Fact]
    public void Call_WhereInternalsOfAProjectAreVisible_NeverMeansTheirs()
    {
        // As in an editor, where a referenced project is a compilation and not a file.
        var shop = Harness.Generate("[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"Shop.Tests\")]\n" + Task);

        var compilation = Harness.Generate(Call + "public static class OwnTasks { [Task(\"own\")] public static void Go() { } }", "Shop.Tests", [shop.ToMetadataReference()]);

        Harness.ErrorsOf(compilation).Should().BeEmpty();
        Target(compilation).Should().Be((Generated, "Shop.Tests"));
    }

    [Fact]
    public void TypedCall_OfAnInternalHandler_IsVisibleWhereInternalsAre()
    {
        var shop = Harness.ToReference(Harness.Generate(
            "[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"Shop.Tests\")]\ninternal static class Inside { [Task] internal static int Go(int x) => x; }"));

        var compilation = Harness.Generate("class Host { object Make() => Inside.GoTask(1); }", "Shop.Tests", [shop]);

        Harness.ErrorsOf(compilation).Should().BeEmpty();
    }

    [Theory]
    [InlineData("Shop", "ShopTasksRegistry")]
    [InlineData("Shop.Web", "ShopWebTasksRegistry")]
    [InlineData("my-shop.tasks", "MyShopTasksTasksRegistry")]
    [InlineData("3d.Models", "_3dModelsTasksRegistry")]
    public void Registry_IsNamedAfterTheAssembly(string assembly, string name)
    {
        var compilation = Harness.Generate(Task, assembly);

        Harness.ErrorsOf(compilation).Should().BeEmpty();
        compilation.GetTypeByMetadataName("CeleryNet." + name)!.DeclaredAccessibility.Should().Be(Accessibility.Public); // a missing one fails here
    }

    [Fact]
    public void Registry_OfAnotherAssembly_CanBeNamedByAHost()
    {
        var shop = Harness.ToReference(Harness.Generate(Task));

        var compilation = Harness.Generate("class Host { object Handlers() => All<ShopTasksRegistry>(); static object All<T>() where T : CeleryNet.Tasks.ITaskRegistry => T.Handlers; }", "Web", [shop]);

        Harness.ErrorsOf(compilation).Should().BeEmpty();
    }

    [Fact]
    public void Registry_WithRemoteTasksOnly_ExistsAndIsEmpty()
    {
        var compilation = Harness.Generate(Call + "[RemoteTasks] public interface IRemote { [Task(\"remote\")] void Go(); }");

        Target(compilation).Should().Be((Generated, "Shop"));
    }

    [Fact]
    public void Fallback_SaysWhatToDo()
    {
        var builder = (TaskQueueBuilder)Activator.CreateInstance(
            typeof(TaskQueueBuilder), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance, null, [new Microsoft.Extensions.DependencyInjection.ServiceCollection()], null)!;

        var add = () => MissingTaskRegistryExtensions.AddTasks(builder);

        add.Should().Throw<TaskQueueConfigurationException>().WithMessage("*Add a [Task] method*AddTasks<ShopTasksRegistry>()*[CN1003]");
    }

    private static (string Type, string Assembly) Target(Compilation compilation)
    {
        var tree = compilation.SyntaxTrees.Single(tree => tree.FilePath == "Source.cs");
        var call = tree.GetRoot().DescendantNodes().OfType<InvocationExpressionSyntax>().Single();
        var method = (IMethodSymbol)compilation.GetSemanticModel(tree).GetSymbolInfo(call).Symbol!; // unresolved would be an error above
        return (method.ContainingType.ToDisplayString(), method.ContainingAssembly.Name);
    }
}
