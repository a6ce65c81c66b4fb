using System.Text.RegularExpressions;

namespace CeleryNet.Tests;

/// <summary>A folder of the core uses only its own layer and inner ones. Read from the using lines and the qualified names of the sources.</summary>
public sealed partial class LayerTests
{
    private static readonly string[][] Layers =
    [
        ["Messages", "Serialization"],
        ["Tasks", "Brokers", "Results"],
        ["Canvas"],
        ["Client", "Events", "Control"],
        ["Worker", "Scheduling"],
        ["Hosting"],
    ];

    private const string Diagnostics = "Diagnostics"; // what is said: used by all, uses none

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Source(), "*.cs", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Source(), file).Replace('\\', '/'))
        .Where(file => !file.StartsWith("obj/", StringComparison.Ordinal) && !file.StartsWith("bin/", StringComparison.Ordinal) && file.Contains('/', StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Uses_OfEveryFile_PointInwards(string file)
    {
        var own = LayerOf(file[..file.IndexOf('/', StringComparison.Ordinal)]);
        var code = Comments().Replace(File.ReadAllText(Path.Combine(Source(), file)), "");

        foreach (Match use in Uses().Matches(code))
        {
            var folder = use.Groups[1].Value == "Signatures" ? "Canvas" : use.Groups[1].Value; // a namespace CeleryNet.Canvas would hide the class Canvas
            if (folder != Diagnostics && LayerOf(folder) > own) Assert.Fail($"{file} uses CeleryNet.{folder}, which is a layer further out.");
        }
    }

    [Fact]
    public void Folders_OfTheCore_AllHaveALayer()
    {
        var folders = Directory.EnumerateDirectories(Source()).Select(Path.GetFileName).Where(folder => folder is not ("bin" or "obj"));

        folders.Should().BeSubsetOf(Layers.SelectMany(layer => layer).Append(Diagnostics));
    }

    [Fact]
    public void Uses_OfAnOuterLayer_AreFound() =>
        Uses().Matches("using CeleryNet.Worker;\n => CeleryNet.Hosting.Thing").Select(use => use.Groups[1].Value).Should().Equal("Worker", "Hosting");

    private static int LayerOf(string folder) => folder == Diagnostics ? -1 : Array.FindIndex(Layers, layer => layer.Contains(folder));

    private static string Source() => Path.Combine(Repository.Root, "src", "CeleryNet");

    [GeneratedRegex(@"\bCeleryNet\.(Messages|Serialization|Tasks|Brokers|Results|Signatures|Client|Events|Control|Worker|Scheduling|Hosting|Diagnostics)\b")]
    private static partial Regex Uses();

    [GeneratedRegex(@"//.*|""(?:[^""\\\n]|\\.)*""")]
    private static partial Regex Comments();
}
