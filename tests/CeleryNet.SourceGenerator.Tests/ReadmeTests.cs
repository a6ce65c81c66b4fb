using System.Reflection;
using System.Runtime.Loader;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace CeleryNet.SourceGenerator.Tests;

/// <summary>The code of the README, as it stands there: it compiles without a warning, and the quick start does what it says.</summary>
public sealed partial class ReadmeTests
{
    // What a console project imports by itself.
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;";

    [Fact]
    public async Task QuickStart_AsItStands_PrintsFive() => (await OutputOfAsync(Blocks()[0])).Should().Contain($"5{Environment.NewLine}");

    [Fact]
    public async Task Testing_AsItStands_RunsWithoutWaiting() => (await OutputOfAsync(BlockWith("TaskQueueHarness"), "Mailing")).Should()
        .Be($"greeted ann; mail.remind for ann in 7 days{Environment.NewLine}welcome ann, remind ann{Environment.NewLine}");

    [Fact]
    public void ProgressAndFilters_AsTheyStand_Compile()
    {
        var block = BlockWith("ITaskClientFilter");
        var call = block.IndexOf("TaskHandle<int> report", StringComparison.Ordinal);

        Compile($"using CeleryNet;\n{block[..call]}\npublic static class Program {{ public static async Task Main() => await CallAsync(null!);\npublic static async Task CallAsync(ITaskClient tasks)\n{{\n{block[call..]}\n}} }}");
    }

    [Fact]
    public void Canvas_AsItStands_Compiles()
    {
        var block = BlockWith("using static CeleryNet.Canvas");
        var call = block.IndexOf("// One after the other", StringComparison.Ordinal);

        Compile($"{block[..call]}\npublic static class Program {{ public static async Task Main() => await CallAsync(null!);\npublic static async Task CallAsync(ITaskClient tasks)\n{{\n{block[call..]}\nConsole.WriteLine((chain.Id, chord.Id, doubled));\n}} }}");
    }

    private static async Task<string> OutputOfAsync(string source, string assembly = "QuickStart")
    {
        var program = Load(Compile(source, assembly));
        var output = new StringWriter();
        var before = Console.Out;
        Console.SetOut(TextWriter.Synchronized(output));
        try
        {
            await RunAsync(program);
        }
        finally
        {
            Console.SetOut(before);
        }

        return output.ToString();
    }

    [Fact]
    public void RemoteTasks_AsTheyStand_Compile()
    {
        var block = Blocks()[1];
        var call = block.IndexOf("TaskHandle<string>", StringComparison.Ordinal);

        // Its last lines stand where the quick start has a client.
        Compile($"using CeleryNet;\n{block[..call]}\npublic static class Program {{ public static async Task Main() => await CallAsync(null!);\npublic static async Task CallAsync(ITaskClient tasks)\n{{\n{block[call..]}\nConsole.WriteLine(small.Id);\n}} }}");
    }

    [Fact]
    public void FailureAndTime_AsItStands_Compiles()
    {
        var block = BlockWith("TaskHandle<string> handle");
        var call = block.IndexOf("TaskHandle<string>", StringComparison.Ordinal);

        Compile($"using CeleryNet;\nusing Microsoft.Extensions.DependencyInjection;\nusing Microsoft.Extensions.Hosting;\n{block[..call]}\npublic static class Program {{ public static async Task Main() => await CallAsync(null!, null!);\npublic static async Task CallAsync(ITaskClient tasks, IHost host)\n{{\n{block[call..]}\nConsole.WriteLine(replayed);\n}} }}");
    }

    [Fact]
    public void Watching_AsItStands_Compiles()
    {
        var block = Blocks().Single(block => block.Contains("ClusterState", StringComparison.Ordinal));

        Compile($"using CeleryNet.Events;\nusing Microsoft.Extensions.DependencyInjection;\nusing Microsoft.Extensions.Hosting;\npublic static class Program {{ public static async Task Main() => await CallAsync(null!, default);\npublic static async Task CallAsync(IHost host, CancellationToken stopping)\n{{\n{block}\nawait following;\n}} }}");
    }

    [Fact]
    public void PeriodicTasks_AsTheyStand_Compile()
    {
        var block = BlockWith("AddBeat");
        var call = block.IndexOf("services.AddTaskQueue", StringComparison.Ordinal);

        Compile($"using CeleryNet;\nusing Microsoft.Extensions.DependencyInjection;\n{block[..call]}\npublic static class Program {{ public static async Task Main() => await CallAsync(new ServiceCollection());\npublic static async Task CallAsync(IServiceCollection services)\n{{\n{block[call..]}\n}} }}");
    }

    [Fact]
    public void Queues_AsTheyStand_Compile() => Compile(
        "using CeleryNet;\nusing Microsoft.Extensions.DependencyInjection;\nusing Microsoft.Extensions.Hosting;\npublic static class Program { public static async Task Main() => await CallAsync(null!);\n"
        + $"public static async Task CallAsync(IHost host)\n{{\n{BlockWith("ITaskQueues")}\n}} }}");

    [Fact]
    public void QuickStart_IsShort() => Blocks()[0].Split('\n').Count(line => line.Length > 0).Should().BeLessThanOrEqualTo(20);

    private static string BlockWith(string word) => Blocks().Single(block => block.Contains(word, StringComparison.Ordinal));

    private static List<string> Blocks()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("README.md")!; // embedded by the project file
        using var reader = new StreamReader(stream);
        return [.. CodeBlock().Matches(reader.ReadToEnd()).Select(match => match.Groups[1].Value)];
    }

    private static Compilation Compile(string source, string assembly = "QuickStart")
    {
        var plain = Harness.Compile("", assembly);
        var compilation = plain
            .RemoveAllSyntaxTrees()
            .AddSyntaxTrees(CSharpSyntaxTree.ParseText(ImplicitUsings, Harness.Parsing), CSharpSyntaxTree.ParseText(source, Harness.Parsing))
            .WithOptions(new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        Harness.Driver().RunGeneratorsAndUpdateCompilation(compilation, out var output, out _);
        Harness.ErrorsOf(output).Should().BeEmpty();
        return output;
    }

    private static Assembly Load(Compilation compilation)
    {
        using var stream = new MemoryStream();
        compilation.Emit(stream).Success.Should().BeTrue();
        stream.Position = 0;
        return AssemblyLoadContext.Default.LoadFromStream(stream);
    }

    // The entry point of top-level statements waits for them; it must not hold the test's own thread for ever.
    private static async Task RunAsync(Assembly program) =>
        await Task.Run(() => program.EntryPoint!.Invoke(null, [Array.Empty<string>()])).WaitAsync(TimeSpan.FromSeconds(30));

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
