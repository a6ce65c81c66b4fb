using System.Text;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace CeleryNet.SourceGenerator.Tests;

/// <summary>The code of the guides compiles as it stands there, each guide as one program: types may be used by later blocks.</summary>
[Collection(Snippets.Console)]
public sealed class GuideTests
{
    // What a reader has by then: the host and what it injects.
    private const string Given = """
        static ITaskClient tasks => null!;
        static IHost host => null!;
        static HostApplicationBuilder builder => null!;
        static IServiceCollection services => null!;
        """;

    public static TheoryData<string> Guides => [.. Snippets.Documents.Where(name => name != "README.md" && Snippets.Of(name).Count > 0)];

    [Fact]
    public void Guides_AreThere() => Guides.Should().HaveCountGreaterThan(6);

    [Theory]
    [MemberData(nameof(Guides))]
    public void Code_Compiles(string guide) => Snippets.Compile(ProgramOf(Snippets.Of(guide)));

    [Fact]
    public async Task Testing_FirstBlock_RunsThreeAttemptsAndTheReminder() => (await Snippets.OutputOfAsync(ProgramOf(Snippets.Of("guides/testing-your-tasks.md")[..1]), "SignUp")).Should()
        .Be($"3{Environment.NewLine}ann@example.org: welcome, ann@example.org: are you still there?{Environment.NewLine}");

    private static string ProgramOf(List<string> blocks)
    {
        var usings = new SortedSet<string>(StringComparer.Ordinal)
        {
            "using CeleryNet;", "using Microsoft.Extensions.DependencyInjection;", "using Microsoft.Extensions.Hosting;", "using static CeleryNet.Canvas;",
        };
        var (types, methods) = (new StringBuilder(), new StringBuilder());
        for (var i = 0; i < blocks.Count; i++)
        {
            var root = (CompilationUnitSyntax)CSharpSyntaxTree.ParseText(blocks[i], Harness.Parsing).GetRoot();
            foreach (var directive in root.Usings) usings.Add(directive.ToString());
            foreach (var member in root.Members.Where(member => member is not GlobalStatementSyntax)) types.AppendLine(member.ToFullString());
            methods.AppendLine($"static async Task Block{i}Async() {{ await Task.CompletedTask;");
            foreach (var statement in root.Members.OfType<GlobalStatementSyntax>()) methods.AppendLine(statement.ToFullString());
            methods.AppendLine("}");
        }

        return $"{string.Join('\n', usings)}\nstatic class Guide\n{{\n{Given}\nstatic async Task Main() {{ {string.Concat(Enumerable.Range(0, blocks.Count).Select(i => $"await Block{i}Async(); "))}}}\n{methods}}}\n{types}";
    }
}
