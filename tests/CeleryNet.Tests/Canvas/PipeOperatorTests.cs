using System.Diagnostics;
using CeleryNet.Contracts;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using static CeleryNet.Canvas;

namespace CeleryNet.Tests.Signatures;

/// <summary>Pipes by extension operators, which the compiler of the SDK knows: steps joined to a tail, and bodies that take an array or a list.</summary>
public sealed class PipeOperatorTests
{
    private static readonly Step<int[], int> Array = new(new TaskDefinition("array"), TaskArguments.None, WireConverters.Int32);
    private static readonly Step<List<int>, int> List = new(new TaskDefinition("list"), TaskArguments.None, WireConverters.Int32);
    private static readonly Step<IEnumerable<int>, int> Enumerable = new(new TaskDefinition("enumerable"), TaskArguments.None, WireConverters.Int32);

    private static readonly GroupSignature<int> Header = Group(Py.Add(1, 1), Py.Add(2, 2));

    private const string Steps = """
        using System.Collections.Generic;
        using CeleryNet;
        static class Of
        {
            public static Signature<int> Number => null!;
            public static Step<int, int> Add => null!;
            public static Step<int, string> Show => null!;
            public static Step<string, int> Length => null!;
            public static GroupSignature<int> Numbers => null!;
            public static GroupSignature<string> Texts => null!;
            public static Step<int[], int> Array => null!;
            public static Step<List<int>, int> List => null!;
        }
        static class Use { public static 
        """;

    [Fact]
    public void Steps_Joined_AreATailOfAnySignature()
    {
        Step<int, int> tail = Py.Add(Prev, 4) | Py.Mul(Prev, 8);

        (Py.Add(1, 1) | tail).ToString().Should().Be((Py.Add(1, 1) | Py.Add(Prev, 4) | Py.Mul(Prev, 8)).ToString());
        (Header | Py.Sum(Prev) | tail).ToString().Should().Be((Header | Py.Sum(Prev) | Py.Add(Prev, 4) | Py.Mul(Prev, 8)).ToString());
        tail.ToString().Should().Be("tasks.add(4) | tasks.mul(8)");
    }

    [Fact]
    public void Group_BeforeABodyOfAnArrayOrAList_IsAChord()
    {
        Signature<int> array = Header | Array;
        Signature<int> list = Header | List;
        Signature<int> enumerable = Header | Enumerable;

        array.ToString().Should().Be("%array([tasks.add(1, 1), tasks.add(2, 2)])");
        list.ToString().Should().Be("%list([tasks.add(1, 1), tasks.add(2, 2)])");
        enumerable.ToString().Should().Be("%enumerable([tasks.add(1, 1), tasks.add(2, 2)])");
    }

    [Theory]
    [InlineData("Step<int, int>", "Of.Add | Of.Add", null)]
    [InlineData("Step<int, int>", "Of.Show | Of.Length | Of.Add", null)]
    [InlineData("Signature<int>", "Of.Number | (Of.Show | Of.Length)", null)]
    [InlineData("Signature<int>", "Of.Numbers | Of.Array | Of.Add", null)]
    [InlineData("Signature<int>", "Of.Numbers | Of.List", null)]
    [InlineData("object", "Of.Add | Of.Length", "CS0019")]                  // a number into a text
    [InlineData("object", "Of.Show | Of.Add", "CS0019")]
    [InlineData("object", "Of.Number | (Of.Length | Of.Add)", "CS0019")]
    [InlineData("object", "Of.Texts | Of.Array", "CS0019")]                 // texts into an array of numbers
    [InlineData("object", "Of.Texts | Of.List", "CS0019")]
    [InlineData("object", "Of.Number | Of.Array", "CS0019")]                // one number into an array
    public async Task Pipe_OfSteps_CompilesWhenItFits(string type, string pipe, string? error)
    {
        var output = await CompileAsync($"{Steps}{type} It => {pipe}; }}");

        if (error is null) output.Should().BeEmpty();
        else output.Should().Contain($"error {error}").And.NotContain("error CS0103");
    }

    // By the compiler of the SDK that builds this: the compiler API that tests may use is older than extension operators.
    private static async Task<string> CompileAsync(string source)
    {
        var folder = Directory.CreateTempSubdirectory("celerynet-pipes-");
        try
        {
            var file = Path.Combine(folder.FullName, "Pipe.cs");
            await File.WriteAllTextAsync(file, source);
            var root = Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
            var compiler = Directory.EnumerateFiles(Path.Combine(root, "sdk"), "csc.dll", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
            var start = new ProcessStartInfo(Path.Combine(root, "dotnet")) { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var argument in (string[])[compiler, "-noconfig", "-nologo", "-nostdlib", "-target:library", "-nullable", "-langversion:14", $"-out:{Path.Combine(folder.FullName, "Pipe.dll")}", $"-r:{typeof(Signature).Assembly.Location}", file])
                start.ArgumentList.Add(argument);
            foreach (var reference in Directory.EnumerateFiles(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "System*.dll").Append(typeof(object).Assembly.Location).Where(IsManaged))
                start.ArgumentList.Add($"-r:{reference}");
            using var process = Process.Start(start)!; // a new process
            var output = await process.StandardOutput.ReadToEndAsync().Within(TimeSpan.FromSeconds(60));
            await process.WaitForExitAsync();
            return output;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static bool IsManaged(string path)
    {
        using var file = File.OpenRead(path);
        using var reader = new System.Reflection.PortableExecutable.PEReader(file);
        return reader.HasMetadata;
    }
}
