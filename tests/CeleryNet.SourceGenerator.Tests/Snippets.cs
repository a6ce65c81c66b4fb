using System.Reflection;
using System.Runtime.Loader;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace CeleryNet.SourceGenerator.Tests;

/// <summary>The C# code of the documents, as it stands there. What runs it takes the console, so those classes are of the collection <see cref="Console"/>.</summary>
internal static partial class Snippets
{
    internal const string Console = "console";

    // What a console project imports by itself.
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;";

    /// <summary>The names of all documents: the README and the guides.</summary>
    internal static IEnumerable<string> Documents => Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(name => name.EndsWith(".md", StringComparison.Ordinal));

    /// <summary>The blocks of a document that the project file embeds.</summary>
    internal static List<string> Of(string document)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(document)!;
        using var reader = new StreamReader(stream);
        return [.. CodeBlock().Matches(reader.ReadToEnd()).Select(match => match.Groups[1].Value)];
    }

    /// <summary>Compiles a program with what the generator makes of it; neither may give a warning.</summary>
    internal static Compilation Compile(string source, string assembly = "QuickStart")
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

    /// <summary>Compiles and runs a program.</summary>
    /// <returns>What it printed.</returns>
    internal static async Task<string> OutputOfAsync(string source, string assembly = "QuickStart")
    {
        var program = Load(Compile(source, assembly));
        var output = new StringWriter();
        var before = System.Console.Out;
        System.Console.SetOut(TextWriter.Synchronized(output));
        try
        {
            await RunAsync(program);
        }
        finally
        {
            System.Console.SetOut(before);
        }

        return output.ToString();
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
        await Task.Run(() => program.EntryPoint!.Invoke(null, program.EntryPoint.GetParameters().Length == 0 ? null : [Array.Empty<string>()])).WaitAsync(TimeSpan.FromSeconds(30));

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
