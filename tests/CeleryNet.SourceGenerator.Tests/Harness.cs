using System.Collections.Immutable;
using CeleryNet.SourceGenerator.Rules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace CeleryNet.SourceGenerator.Tests;

/// <summary>Compiles source text and drives generator and analyzers over it.</summary>
internal static class Harness
{
    // The compiler API of 4.14 does not name C# 14 yet; extension members are a preview there.
    internal static readonly CSharpParseOptions Parsing = new(LanguageVersion.Preview, DocumentationMode.Parse);

    private const string Usings = "global using System; global using System.Collections.Generic; global using System.Threading; global using System.Threading.Tasks; global using CeleryNet;";

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator) // the runtime always sets it
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("System.") || name.StartsWith("Microsoft.Extensions.") || name is "CeleryNet.dll" or "CeleryNet.Testing.dll" or "netstandard.dll"))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    internal static CSharpCompilation Compile(string source, string assembly = "Shop", IEnumerable<MetadataReference>? more = null, CSharpParseOptions? parsing = null) => CSharpCompilation.Create(
        assembly,
        [CSharpSyntaxTree.ParseText(Usings, parsing ?? Parsing, "Usings.cs"), CSharpSyntaxTree.ParseText(source, parsing ?? Parsing, "Source.cs")],
        References.AddRange(more ?? []),
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true));

    internal static GeneratorDriver Driver() => CSharpGeneratorDriver.Create(
        [new TaskGenerator().AsSourceGenerator()],
        parseOptions: Parsing,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>Runs the generator and returns the compilation with what it made.</summary>
    internal static Compilation Generate(string source, string assembly = "Shop", IEnumerable<MetadataReference>? more = null)
    {
        Driver().RunGeneratorsAndUpdateCompilation(Compile(source, assembly, more), out var output, out var diagnostics);
        diagnostics.Should().BeEmpty("the analyzers report, not the generator");
        return output;
    }

    /// <summary>The generated files by name.</summary>
    internal static Dictionary<string, string> Files(string source, IEnumerable<MetadataReference>? more = null) =>
        Driver().RunGenerators(Compile(source, more: more)).GetRunResult().Results[0].GeneratedSources
            .Where(file => file.HintName != "Microsoft.CodeAnalysis.EmbeddedAttribute.cs")
            .ToDictionary(file => file.HintName, file => file.SourceText.ToString());

    internal static string[] ErrorsOf(Compilation compilation) =>
        [.. compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning).Select(diagnostic => diagnostic.ToString())];

    /// <summary>What the analyzers say of the source, generated code included, in the order of the text.</summary>
    internal static async Task<Diagnostic[]> AnalyzeAsync(string source, IEnumerable<MetadataReference>? more = null, CSharpParseOptions? parsing = null)
    {
        Driver().RunGeneratorsAndUpdateCompilation(Compile(source, more: more, parsing: parsing), out var compilation, out _);
        var analyzed = compilation.WithAnalyzers([new TaskMethodAnalyzer(), new TaskClassAnalyzer(), new TaskNameAnalyzer(), new JsonMetadataAnalyzer()]);
        return [.. (await analyzed.GetAnalyzerDiagnosticsAsync()).OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start)];
    }

    internal static MetadataReference ToReference(Compilation compilation)
    {
        using var stream = new MemoryStream();
        var emitted = compilation.Emit(stream);
        emitted.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Should().BeEmpty();
        return MetadataReference.CreateFromImage(stream.ToArray());
    }
}
