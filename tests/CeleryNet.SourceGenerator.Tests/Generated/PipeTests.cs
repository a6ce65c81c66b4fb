using Microsoft.CodeAnalysis;

namespace CeleryNet.SourceGenerator.Tests.Generated;

/// <summary>Canvases as the compiler sees them: right pipes have the right type, wrong ones do not compile.</summary>
/// <remarks>Extension operators, which join steps and take lists of other types, are younger than the compiler API of 4.14 that this drives.</remarks>
public sealed class PipeTests
{
    private const string Tasks = """
        using static CeleryNet.Canvas;
        public static class MathTasks
        {
            [Task("math.add")] public static int Add(int x, int y) => x + y;
            [Task("math.sum")] public static int Sum(IReadOnlyList<int> values) => values.Count;
            [Task("math.array")] public static int Array(int[] values) => values.Length;
            [Task("math.list")] public static int Count(List<int> values) => values.Count;
            [Task("math.many")] public static int Many(IEnumerable<int> values) => 0;
            [Task("text.show")] public static string Show(int value, string format = "x") => format;
            [Task("text.length")] public static int Length(string text) => text.Length;
            [Task("log.write")] public static void Write(string text) { }
            [Task("log.clean")] public static Task CleanAsync() => Task.CompletedTask;
            [Task("error.note")] public static void Note(string id, TaskContext context) { }
            [Task("lists.sum")] public static int SumAll(IReadOnlyList<IReadOnlyList<int>> values) => 0;
            [Task("run")] public static Task RunAsync(Signature canvas, Signature? other = null) => Task.CompletedTask;
        }

        """;

    [Theory]
    [InlineData("Signature<int>", "MathTasks.AddTask(2, 2) | MathTasks.AddTask(Prev, 4) | MathTasks.AddTask(Prev, 8)")]
    [InlineData("Signature<string>", "MathTasks.AddTask(2, 2) | MathTasks.ShowTask(Prev)")]
    [InlineData("Signature<int>", "Group(MathTasks.AddTask(1, 1), MathTasks.AddTask(2, 2)) | MathTasks.SumTask(Prev)")]
    [InlineData("GroupSignature<int>", "MathTasks.AddTask(1, 1) | Group(MathTasks.AddTask(Prev, 1), MathTasks.AddTask(Prev, 2))")]
    [InlineData("Signature<int>", "MathTasks.AddTask(1, 1) | Group(MathTasks.AddTask(Prev, 1), MathTasks.AddTask(Prev, 2)) | MathTasks.SumTask(Prev) | MathTasks.AddTask(Prev, 1)")]
    [InlineData("Signature<int>", "Group<IReadOnlyList<int>>(Group(MathTasks.AddTask(1, 1)), Group(MathTasks.AddTask(2, 2))) | MathTasks.SumAllTask(Prev)")]
    [InlineData("Signature<int>", "MathTasks.AddTask(1, 1) | MathTasks.AddTask(2, 2).Immutable()")]
    [InlineData("Signature<int>", "MathTasks.WriteTask(\"a\") | MathTasks.AddTask(2, 2).Immutable()")]
    [InlineData("Signature<int>", "MathTasks.AddTask(1, 1).Link(MathTasks.ShowTask(Prev)).LinkError(MathTasks.NoteTask(Prev)).Stamp(\"tenant\", \"a\")")]
    [InlineData("Signature<int>", "MathTasks.CleanTask().LinkError(MathTasks.NoteTask(Prev)) | MathTasks.AddTask(1, 1).Immutable() | MathTasks.ShowTask(Prev) | MathTasks.LengthTask(Prev)")]
    [InlineData("GroupSignature<object?>", "Group(MathTasks.CleanTask(), MathTasks.AddTask(1, 1), MathTasks.WriteTask(\"a\"))")]
    [InlineData("Signature<object?>", "MathTasks.AddTask(1, 1) | MathTasks.CleanTask().Immutable()")]
    [InlineData("Signature<IReadOnlyList<int>>", "Starmap([MathTasks.AddTask(1, 1), MathTasks.AddTask(2, 2)])")]
    [InlineData("GroupSignature<IReadOnlyList<int>>", "Chunks([MathTasks.AddTask(1, 1), MathTasks.AddTask(2, 2)], 10)")]
    [InlineData("Signature", "MathTasks.RunTask(MathTasks.AddTask(1, 1) | MathTasks.AddTask(Prev, 1))")]
    public void Pipe_ThatFits_HasTheTypeOfItsEnd(string type, string canvas) =>
        Harness.ErrorsOf(Harness.Generate($"{Tasks}public static class Use {{ public static {type} Canvas() => {canvas}; }}")).Should().BeEmpty();

    [Theory]
    [InlineData("MathTasks.ShowTask(1) | MathTasks.AddTask(Prev, 4)", "CS0019")]                          // text into a number
    [InlineData("MathTasks.AddTask(1, 1) | MathTasks.AddTask(2, 2)", "CS0019")]                           // a call that takes nothing, and does not say so
    [InlineData("MathTasks.AddTask(1, 1) | MathTasks.SumTask(Prev)", "CS0019")]                           // one number into a list
    [InlineData("Group(MathTasks.ShowTask(1), MathTasks.ShowTask(2)) | MathTasks.SumTask(Prev)", "CS0019")]
    [InlineData("MathTasks.WriteTask(\"a\") | MathTasks.AddTask(Prev, 1)", "CS0019")]                     // nothing into a number
    [InlineData("MathTasks.AddTask(Prev, 1) | MathTasks.LengthTask(Prev)", "CS0019")]
    [InlineData("MathTasks.AddTask(1, 1).Link(MathTasks.LengthTask(Prev))", "CS")]
    [InlineData("MathTasks.AddTask(1, 1).LinkError(MathTasks.AddTask(Prev, 1))", "CS")]
    [InlineData("MathTasks.AddTask(1, Prev)", "CS")]                                                      // only the first argument
    public void Pipe_ThatDoesNotFit_DoesNotCompile(string canvas, string code)
    {
        var errors = Harness.Generate($"{Tasks}public static class Use {{ public static object Canvas() => {canvas}; }}").GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);

        errors.Should().ContainSingle().Which.Id.Should().StartWith(code);
    }

    [Fact]
    public void Overloads_ThatDifferInTheFirstArgumentOnly_HaveNoStep()
    {
        const string Source = """
            public static class T
            {
                [Task("a")] public static int Go(int x, int y) => 1;
                [Task("b")] public static int Go(string x, int y) => 2;
                [Task("c")] public static int Go(string x) => 3;
            }
            public static class Use
            {
                public static Step<string, int> One() => T.GoTask(Canvas.Prev);
            }
            """;

        Harness.ErrorsOf(Harness.Generate(Source)).Should().BeEmpty();
        Harness.Files(Source)["T.Tasks.g.cs"].Should().NotContain("PreviousResult x, int y");
    }
}
