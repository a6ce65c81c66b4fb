using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace CeleryNet.SourceGenerator.Tests.Generated;

public sealed class RunReasonTests
{
    private const string Source = """
        namespace Shop;
        public static class MathTasks
        {
            [Task("math.add", Queue = "a")] public static int Add(int x, List<string>? y = null) { return x; }
            [Task("math.sub")] public static int Subtract(int x) => x;
        }
        [RemoteTasks] public interface IRemote { [Task("remote")] void Go(); }
        public sealed class ShopBroker : CeleryNet.Brokers.IBrokerFactory
        {
            public static CeleryNet.Brokers.IBroker CreateBroker(IServiceProvider services, IReadOnlyList<CeleryNet.Brokers.ConnectionString> urls) => throw new NotSupportedException();
        }
        public static class Elsewhere { public static int Value() => 1; }
        """;

    private const string Scheme = "[assembly: CeleryNet.Brokers.BrokerScheme(\"shop\", typeof(Shop.ShopBroker))]\n";

    [Theory]
    [InlineData("Value() => 1", "Value() => 2")]
    [InlineData("public static class Elsewhere", "/* moved */ public static class Elsewhere")]
    [InlineData("{ return x; }", "{ var z = x; return z + 1; }")]
    [InlineData("namespace Shop;", "namespace Shop;\n\n// a comment that moves everything")]
    public void Edit_ThatChangesNoTask_RegeneratesNothing(string before, string after)
    {
        var reasons = OutputsAfter(before, after);

        reasons.Should().HaveCount(4, "there are two classes, the registry and the schemes").And.AllBeEquivalentTo(IncrementalStepRunReason.Cached);
    }

    [Fact]
    public void Edit_OfOneClass_RegeneratesThatFileAlone()
    {
        var reasons = OutputsAfter("Queue = \"a\"", "Queue = \"b\"");

        reasons.Should().BeEquivalentTo(
        [
            IncrementalStepRunReason.Modified, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached,
        ]);
    }

    [Fact]
    public void Edit_OfAName_RegeneratesClassAndRegistry()
    {
        OutputsAfter("\"math.add\"", "\"math.plus\"").Should().BeEquivalentTo(
        [
            IncrementalStepRunReason.Modified, IncrementalStepRunReason.Modified, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached,
        ]);
    }

    [Fact]
    public void Edit_ThatChangesNoTask_LeavesEveryStepOfOursUnchanged()
    {
        var result = ResultAfter("{ return x; }", "{ return x + 1; }");

        foreach (var step in new[] { TaskGenerator.TasksStep, TaskGenerator.GroupsStep, TaskGenerator.RegistryStep, TaskGenerator.SchemesStep })
        {
            result.TrackedSteps[step].SelectMany(run => run.Outputs).Select(output => output.Reason)
                .Should().NotBeEmpty().And.OnlyContain(reason => reason == IncrementalStepRunReason.Unchanged || reason == IncrementalStepRunReason.Cached, step);
        }
    }

    [Fact]
    public void Steps_KeepNothingOfTheCompiler()
    {
        var result = ResultAfter("Value() => 1", "Value() => 2");
        var steps = new[] { TaskGenerator.TasksStep, TaskGenerator.GroupsStep, TaskGenerator.RegistryStep, TaskGenerator.SchemesStep };

        var types = steps.SelectMany(step => result.TrackedSteps[step]).SelectMany(run => run.Outputs).Where(output => output.Value is not null).SelectMany(output => FieldTypes(output.Value.GetType(), [])).ToList();

        types.Should().NotBeEmpty().And.NotContain(type => typeof(ISymbol).IsAssignableFrom(type) || typeof(SyntaxNode).IsAssignableFrom(type) || typeof(Compilation).IsAssignableFrom(type));
    }

    private static HashSet<Type> FieldTypes(Type type, HashSet<Type> seen)
    {
        if (!seen.Add(type) || type.Namespace == "System") return seen;
        if (type.IsArray) FieldTypes(type.GetElementType()!, seen); // an array has one
        foreach (var argument in type.GenericTypeArguments) FieldTypes(argument, seen);
        foreach (var field in type.GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Public)) FieldTypes(field.FieldType, seen);
        return seen;
    }

    private static IncrementalStepRunReason[] OutputsAfter(string before, string after) =>
        [.. ResultAfter(before, after).TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(run => run.Outputs).Select(output => output.Reason)];

    private static GeneratorRunResult ResultAfter(string before, string after)
    {
        Source.Should().Contain(before);
        var compilation = Harness.Compile(Scheme + Source);
        var driver = Harness.Driver().RunGenerators(compilation);
        var tree = compilation.SyntaxTrees.Single(tree => tree.FilePath == "Source.cs");
        var edited = compilation.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(Scheme + Source.Replace(before, after), Harness.Parsing, "Source.cs"));
        return driver.RunGenerators(edited).GetRunResult().Results[0];
    }
}
