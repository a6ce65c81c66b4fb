using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace CeleryNet.SourceGenerator.Tests.Rules;

/// <summary>Each rule: code that breaks it, and code beside it that does not.</summary>
public sealed class DiagnosticTests
{
    private const string Head = "using System.Text.Json; using System.Text.Json.Serialization; using System.Numerics;\n";

    [Theory]
    [InlineData("static void Go(ref int x) { }", "*'x' of task 'Go' has type 'ref int'*pass it by value*")]
    [InlineData("static void Go(out int x) { x = 1; }", "*'out int'*")]
    [InlineData("static void Go(in int x) { }", "*'in int'*")]
    [InlineData("static unsafe void Go(int* x) { }", "*pass the data*")]
    [InlineData("static void Go(ReadOnlySpan<byte> x) { }", "*use an array or a list*")]
    [InlineData("static void Go(Action x) { }", "*code does not travel*")]
    [InlineData("static void Go(Type x) { }", "*pass a text*")]
    [InlineData("static void Go(System.IO.FileStream x) { }", "*byte[]*")]
    [InlineData("static void Go(Task<int> x) { }", "*await it*")]
    [InlineData("static void Go(List<ValueTask> x) { }", "*await it*")]
    [InlineData("static void Go(IAsyncEnumerable<int> x) { }", "*use a list*")]
    [InlineData("static void Go(Exception x) { }", "*pass its message*")]
    [InlineData("static void Go(nint x) { }", "*use long*")]
    [InlineData("static void Go(int[,] x) { }", "*array of arrays*")]
    [InlineData("static void Go((int, int, int, int) x) { }", "*use a record*")]
    [InlineData("static void Go(Dictionary<string, CancellationToken> x) { }", "*parameter of its own*")]
    [InlineData("static void Go(IServiceProvider x) { }", "*parameter of its own*")]
    public async Task CN0001_ParameterThatCannotTravel(string method, string message) => await ExpectAsync("CN0001", method, message);

    [Theory]
    [InlineData("static void Go(int a, string? b, Guid c, DateTime d, DateTimeOffset e, DateOnly f, TimeOnly g, TimeSpan h, decimal i, BigInteger j, Uri k, byte[] l, Half m, char n) { }")]
    [InlineData("static void Go(int? a, int[] b, List<string?> c, IList<int> d, ICollection<int> e, IEnumerable<int> f, IReadOnlyList<int> g, IReadOnlyCollection<int> h, HashSet<int> i, ISet<int> j, IReadOnlySet<int> k) { }")]
    [InlineData("static void Go(Dictionary<string, int> a, IDictionary<string, int> b, IReadOnlyDictionary<string, int?> c, Dictionary<int, string> d, Dictionary<long, DayOfWeek> e) { }")]
    [InlineData("static void Go(JsonElement a, object b, dynamic c, (int, string) d, (int, int, int) e, params string[] f) { }")]
    [InlineData("static void Go(TaskContext a, [FromServices] IServiceProvider b, [FromServices] Action c, CancellationToken d, IProgress<int> e, [FromServices] IProgress<Action> f) { }")]
    public async Task CN0001_SupportedParameters_AreFine(string method) => await ExpectNothingAsync(method);

    [Theory]
    [InlineData("static IAsyncEnumerable<int> Go() => throw null!;", "*use a list*")]
    [InlineData("static Task<Task> Go() => throw null!;", "*await it*")]
    [InlineData("static Span<int> Go() => default;", "*use an array*")]
    [InlineData("static ref int Go() => ref Values[0]; static int[] Values = [];", "*return the value*")]
    [InlineData("static Func<int> Go() => () => 1;", "*code does not travel*")]
    public async Task CN0002_ReturnThatCannotTravel(string method, string message) => await ExpectAsync("CN0002", method, message);

    [Theory]
    [InlineData("static IEnumerable<int> Go() { yield return 1; }")]
    [InlineData("static async ValueTask<Dictionary<string, int[]>?> Go() { await Task.Yield(); return null; }")]
    [InlineData("static void Go() { }")]
    public async Task CN0002_SupportedReturns_AreFine(string method) => await ExpectNothingAsync(method);

    [Theory]
    [InlineData("[Task(RateLimit = \"10/d\")] public static void Go() { }", "*RateLimit of task 'Go' is \"10/d\"*\"100/m\"*")]
    [InlineData("[Task(RateLimit = \"0\")] public static void Go() { }", "*no rate above zero*")]
    [InlineData("[Task, RateLimit(\"often\")] public static void Go() { }", "*The rate of [RateLimit] of task 'Go' is \"often\"*")]
    public async Task CN0030_BadRate(string method, string message) => await ExpectMemberAsync("CN0030", method, message);

    [Theory]
    [InlineData("[Task, Concurrency(1, Key = \"{tenant}\")] public static void Go(string customer, TaskContext context) { }", "*[Concurrency] on task 'Go' is \"{tenant}\", but 'tenant' is none of its arguments; they are customer")]
    [InlineData("[Task, RateLimit(\"1/s\", Key = \"{x}\")] public static void Go() { }", "*leave the key out*")]
    [InlineData("[Task, Unique(\"{x\")] public static void Go(int x) { }", "*do not enclose names*")]
    [InlineData("[Task, Unique(\"x}\")] public static void Go(int x) { }", "*do not enclose names*")]
    [InlineData("[Task, Unique(\"{}\")] public static void Go(int x) { }", "*do not enclose names*")]
    [InlineData("[Task, Unique(\"{x}\")] public static void Go(int[] x) { }", "*'x' is a int[*use a text*")]
    [InlineData("[Task, Unique(\"{x}\")] public static void Go(object x) { }", "*use a text*")]
    [InlineData("[Task, Unique(\"{context}\")] public static void Go(int x, TaskContext context) { }", "*'context' is none of its arguments*")]
    public async Task CN0031_BadKey(string method, string message) => await ExpectMemberAsync("CN0031", method, message);

    [Theory]
    [InlineData("CN0020", "[Task, Concurrency(0)] public static void Go() { }", "*The limit of [Concurrency] of task 'Go' is 0; choose 1 or more")]
    [InlineData("CN0020", "[Task, Concurrency(-1)] public static void Go() { }", "*is -1*")]
    [InlineData("CN0009", "[Task, Unique(For = \"600\")] public static void Go() { }", "*For of task 'Go' is \"600\"*")]
    [InlineData("CN0032", "[Concurrency(1)] public static void Go() { }", "*[Concurrency] on 'Go' has no effect: it is no task*")]
    [InlineData("CN0032", "[Unique] public static void Go() { }", "*it is no task*")]
    public async Task Limits_ThatMakeNoSense(string id, string method, string message) => await ExpectMemberAsync(id, method, message);

    [Fact]
    public async Task CN0032_LimitOfARemoteTask() => await ExpectSourceAsync(
        "CN0032", "[RemoteTasks] public interface IRemote { [Task(\"a\"), Concurrency(1)] void Go(); [Task(\"b\"), Unique(\"{x}\")] void Fine(int x); }", "*where the task is implemented");

    [Fact]
    public async Task CN0003_AsyncVoid()
    {
        await ExpectAsync("CN0003", "static async void Go() { await Task.Yield(); }", "*return Task instead*");
        await ExpectNothingAsync("static async Task Go() { await Task.Yield(); }");
    }

    [Theory]
    [InlineData("public static class T { [Task(\"t\")] public static void Go<X>(int x) { } }")]
    [InlineData("public static class T<X> { [Task(\"t\")] public static void Go(int x) { } }")]
    [InlineData("public static class O<X> { public static class T { [Task(\"t\")] public static void Go(int x) { } } }")]
    [InlineData("[RemoteTasks] public interface IT<X> { [Task(\"t\")] void Go(int x); }")]
    public async Task CN0004_Generic(string source) => await ExpectSourceAsync("CN0004", source, "*write one task for each type*");

    [Theory]
    [InlineData("public static class T { [Task(\"t\")] private static void Go() { } }", "*'Go' is private; make it public or internal*")]
    [InlineData("public class T { [Task(\"t\")] protected static void Go() { } }", "*'Go' is protected*")]
    [InlineData("public class T { [Task(\"t\")] private protected static void Go() { } }", "*'Go' is protected*")]
    [InlineData("public class O { private static class T { [Task(\"t\")] public static void Go() { } } }", "*'T' is private*")]
    [InlineData("file static class T { [Task(\"t\")] public static void Go() { } }", "*'T' is local to its file*")]
    public async Task CN0005_Inaccessible(string source, string message) => await ExpectSourceAsync("CN0005", source, message);

    [Theory]
    [InlineData("internal static class T { [Task(\"t\")] internal static void Go() { } }")]
    [InlineData("public class O { protected internal static class T { [Task(\"t\")] protected internal static void Go() { } } }")]
    public async Task CN0005_InternalIsFine(string source) => await ExpectNothingInSourceAsync(source);

    [Fact]
    public async Task CN0006_TooManyParameters()
    {
        await ExpectAsync("CN0006", $"static void Go({string.Join(", ", Enumerable.Range(0, 65).Select(i => $"int x{i}"))}) {{ }}", "*takes 65 arguments*record*");
        await ExpectNothingAsync($"static void Go(TaskContext context, {string.Join(", ", Enumerable.Range(0, 64).Select(i => $"int x{i}"))}) {{ }}");
    }

    [Theory]
    [InlineData("[Task(\"\")]", "*is empty*")]
    [InlineData("[Task(\"a b\")]", "*white space*")]
    [InlineData("[Task(\"a\\u0007\")]", "*control character*")]
    [InlineData("[Task(\"a\\n\")]", "*control character*")]
    public async Task CN0007_BadName(string attribute, string message) => await ExpectSourceAsync("CN0007", $"public static class T {{ {attribute} public static void Go() {{ }} }}", message);

    [Theory]
    [InlineData("[Task]")]
    [InlineData("[Task(null)]")]
    [InlineData("[Task(\"größe.ändern-1\")]")]
    public async Task CN0007_GoodNames_AreFine(string attribute) => await ExpectNothingInSourceAsync($"public static class T {{ {attribute} public static void Go() {{ }} }}");

    [Fact]
    public async Task CN0008_DuplicateName()
    {
        await ExpectSourceAsync("CN0008", "public static class A { [Task(\"t\")] public static void Go() { } } public static class B { [Task(\"t\")] public static void Run() { } }", "*'Run'*'t'*'A.Go()'*");
        await ExpectSourceAsync("CN0008", "public static class A { [Task] public static void Go(int x) { } [Task] public static void Go(string x) { } }", "*'A.Go'*");
    }

    [Theory]
    [InlineData("public static class A { [Task(\"t\")] public static void Go() { } [Task(\"T\")] public static void Run() { } }")]
    [InlineData("[RemoteTasks] public interface IT { [Task(\"t\")] void Go(int x); [Task(\"t\")] void Go(string x); }")]
    [InlineData("[RemoteTasks] public interface IT { [Task(\"t\")] void Go(int x); } public static class A { [Task(\"t\")] public static void Go(int x) { } }")]
    public async Task CN0008_DifferentNamesAndRemoteOverloads_AreFine(string source) => await ExpectNothingInSourceAsync(source);

    [Theory]
    [InlineData("TimeLimit = \"abc\"", "TimeLimit of task 'Go' is \"abc\"*00:05:00*")]
    [InlineData("SoftTimeLimit = \"-00:01:00\"", "SoftTimeLimit*")]
    [InlineData("Expires = \"00:00:00\"", "Expires*")]
    [InlineData("Expires = \"30\"", "Expires*")]
    [InlineData("Expires = \"00:61:00\"", "Expires*")]
    [InlineData("Expires = \"\"", "Expires*")]
    public async Task CN0009_BadDuration(string setting, string message) => await ExpectSourceAsync("CN0009", $"public static class T {{ [Task(\"t\", {setting})] public static void Go() {{ }} }}", message);

    [Theory]
    [InlineData("TimeLimit = \"00:05\"")]
    [InlineData("TimeLimit = \"1.00:00:00.5\", Expires = null")]
    [InlineData("SoftTimeLimit = \"00:04:59\", TimeLimit = \"00:05:00\"")]
    [InlineData("Priority = 0")]
    [InlineData("Priority = 255")]
    public async Task Settings_ThatAreFine_AreNotReported(string setting) => await ExpectNothingInSourceAsync($"public static class T {{ [Task(\"t\", {setting})] public static void Go() {{ }} }}");

    [Theory]
    [InlineData("00:05:00")]
    [InlineData("00:05:01")]
    public async Task CN0010_SoftLimitNotBelowHard(string soft) => await ExpectSourceAsync(
        "CN0010", $"public static class T {{ [Task(\"t\", SoftTimeLimit = \"{soft}\", TimeLimit = \"00:05:00\")] public static void Go() {{ }} }}", "*lower it*");

    [Theory]
    [InlineData(-1)]
    [InlineData(256)]
    public async Task CN0011_BadPriority(int priority) => await ExpectSourceAsync("CN0011", $"public static class T {{ [Task(\"t\", Priority = {priority})] public static void Go() {{ }} }}", "*0 to 255*");

    [Theory]
    [InlineData("MaxRetries = -2", "*MaxRetries*-2*-1 for any number*")]
    [InlineData("MaxDeliveries = -1", "*MaxDeliveries*-1*0 for any number*")]
    public async Task CN0020_BadNumber(string setting, string message) =>
        await ExpectSourceAsync("CN0020", $"public static class T {{ [Task(\"t\", {setting})] public static void Go() {{ }} }}", message);

    [Theory]
    [InlineData("RetryFor = new[] { typeof(System.IO.IOException), typeof(string) }", "*RetryFor*'string'*")]
    [InlineData("NoRetryFor = new[] { typeof(int) }", "*NoRetryFor*'int'*")]
    public async Task CN0021_NotAnException(string setting, string message) =>
        await ExpectSourceAsync("CN0021", $"public static class T {{ [Task(\"t\", {setting})] public static void Go() {{ }} }}", message);

    [Theory]
    [InlineData("public static class T { [Task(\"a\")] public static void Go(int x) { } [Task(\"b\")] public static Task GoAsync(int x) => Task.CompletedTask; }")]
    [InlineData("public static class T { [Task(\"a\")] public static void Go(int x) { } [Task(\"b\")] public static void Go(int x, CancellationToken y) { } }")]
    [InlineData("public static class T { [Task(\"a\")] public static void Go(int x) { } public static void GoTask() { } }")]
    public async Task CN0012_CallClash(string source) => await ExpectSourceAsync("CN0012", source, "*'GoTask'*rename*");

    [Theory]
    [InlineData("public static class T { [Task(\"a\")] public static void Go(int x) { } [Task(\"b\")] public static void Go(int? x) { } [Task(\"c\")] public static void Go2() { } [Task(\"d\")] public static void Go(string x) { } }")]
    public async Task CN0012_Overloads_AreFine(string source) => await ExpectNothingInSourceAsync(source);

    [Theory]
    [InlineData("public abstract class T { [Task(\"t\")] public void Go() { } }", "*abstract class 'T'*")]
    [InlineData("public abstract class T { [Task(\"t\")] public abstract void Go(); }", "*abstract class 'T'*")]
    [InlineData("public struct T { [Task(\"t\")] public void Go() { } }", "*struct 'T'*")]
    public async Task CN0013_NoInstance(string source, string message) => await ExpectSourceAsync("CN0013", source, message);

    [Theory]
    [InlineData("public abstract class T { [Task(\"t\")] public static void Go() { } }")]
    [InlineData("public struct T { [Task(\"t\")] public static void Go() { } }")]
    [InlineData("public record T { [Task(\"t\")] public void Go() { } }")]
    public async Task CN0013_StaticMethodsAndRecords_AreFine(string source) => await ExpectNothingInSourceAsync(source);

    [Fact]
    public async Task CN0014_RemoteMethodWithoutTask()
    {
        await ExpectSourceAsync("CN0014", "[RemoteTasks] public interface IT { void Go(); }", "*'Go'*'IT'*add [Task(*");
        await ExpectNothingInSourceAsync("public interface IT { void Go(); } [RemoteTasks] public interface IR { [Task(\"r\")] void Go(); void Other() { } }");
    }

    [Theory]
    [InlineData("public interface IT { [Task(\"t\")] void Go(); }", "*[RemoteTasks]*")]
    [InlineData("[RemoteTasks] public interface IT { [Task(\"t\")] static void Go() { } }", "*static*")]
    [InlineData("public class T { public int P { [Task(\"t\")] get => 1; } }", "*ordinary methods*")]
    [InlineData("public class T { void M() { Local(); [Task(\"t\")] static void Local() { } } }", "*'Local'*methods of a class*")]
    [InlineData("public class T { Action a = [Task(\"t\")] () => { }; }", "*the lambda*methods of a class*")]
    [InlineData("public static class T { extension(string s) { [Task(\"t\")] public int Go() => 1; } }", "*extension block*")]
    public async Task CN0015_Misplaced(string source, string message) => await ExpectSourceAsync("CN0015", source, message);

    [Theory]
    [InlineData("public record Order(int Id); public static class T { [Task(\"t\")] public static void Go(Order order) { } }", "*'Order'*[JsonSerializable(typeof(Order))]*")]
    [InlineData("public record Order(int Id); public static class T { [Task(\"t\")] public static Task<List<Order>> Go() => null!; }", "*'Order'*")]
    [InlineData("public interface IStore; public static class T { [Task(\"t\")] public static void Go(IStore store) { } }", "*[FromServices]*")]
    public async Task CN0016_NoJsonMetadata(string source, string message) => await ExpectSourceAsync("CN0016", source, message, DiagnosticSeverity.Warning);

    [Theory]
    [InlineData("typeof(Order)")]
    [InlineData("typeof(Order[])")]
    [InlineData("typeof(List<Order>)")]
    [InlineData("typeof(Page)")]
    public async Task CN0016_TypesOfAContext_AreFine(string serializable)
    {
        // The context's own generator does not run here, so the abstract members stay open; the analyzer needs the attribute alone.
        await ExpectNothingInSourceAsync(
            "public record Order(int Id); public record Page(List<Order> Orders); public static class T { [Task(\"t\")] public static void Go(Order order) { } }\n"
            + $"[JsonSerializable({serializable})] public abstract class Json() : JsonSerializerContext(null);");
    }

    [Fact]
    public async Task CN0016_ContextOfAReferencedAssembly_IsFine()
    {
        var contracts = Harness.ToReference(Harness.Compile(
            Head + "namespace Contracts; public record Order(int Id); [JsonSerializable(typeof(Order))] public abstract class Json() : JsonSerializerContext(null);", "Contracts"));

        (await Harness.AnalyzeAsync("public static class T { [Task(\"t\")] public static void Go(Contracts.Order order) { } }", [contracts])).Should().BeEmpty();
    }

    [Fact]
    public async Task CN0001_ReportThatCannotTravel() => await ExpectAsync("CN0001", "static void Go(IProgress<Action> x) { }", "*code does not travel*");

    [Fact]
    public async Task CN0016_ReportWithoutMetadata() => await ExpectSourceAsync(
        "CN0016", "public record Step(int Done); public static class T { [Task(\"t\")] public static void Go(IProgress<Step> progress) { } }", "*'Step'*JsonSerializable*", DiagnosticSeverity.Warning);

    [Fact]
    public async Task CN0018_NoConstructor()
    {
        await ExpectSourceAsync("CN0018", "public class T { private T() { } [Task(\"t\")] public void Go() { } }", "*'T'*make one public*", DiagnosticSeverity.Warning);
        await ExpectSourceAsync("CN0018", "public class T { public required int Size { get; init; } [Task(\"t\")] public void Go() { } }", "*'T'*", DiagnosticSeverity.Warning);
        await ExpectNothingInSourceAsync("public class T { private T() { } [Task(\"t\")] public static void Go() { } }");
    }

    [Fact]
    public async Task CN0019_OldLanguage()
    {
        const string source = "public static class T { [Task(\"t\")] public static void Go() { } }";
        var old = new CSharpParseOptions(LanguageVersion.CSharp13);
        var compilation = Harness.Compile(source, parsing: old);

        var analyzed = await Microsoft.CodeAnalysis.Diagnostics.DiagnosticAnalyzerExtensions
            .WithAnalyzers(compilation, [new SourceGenerator.Rules.TaskMethodAnalyzer()]).GetAnalyzerDiagnosticsAsync();

        analyzed.Should().ContainSingle().Which.GetMessage(null).Should().Contain("C# 14");
    }

    [Fact]
    public void Method_ThatBreaksARule_GeneratesNothing()
    {
        Harness.Files("public static class T { [Task(\"t\")] public static void Go(Action x) { } }").Keys.Should().NotContain("TasksRegistry.g.cs");
    }

    private static Task ExpectAsync(string id, string method, string message) => ExpectSourceAsync(id, $"public static class T {{ [Task(\"t\")] public {method} }}", message);

    private static Task ExpectMemberAsync(string id, string member, string message) => ExpectSourceAsync(id, $"public static class T {{ {member} }}", message);

    private static Task ExpectNothingAsync(string method) => ExpectNothingInSourceAsync($"public static class T {{ [Task(\"t\")] public {method} }}");

    private static async Task ExpectSourceAsync(string id, string source, string message, DiagnosticSeverity severity = DiagnosticSeverity.Error)
    {
        var found = await Harness.AnalyzeAsync(Head + source);

        found.Select(diagnostic => diagnostic.Id).Should().Equal(id);
        found[0].GetMessage(null).Should().Match(message);
        found[0].Severity.Should().Be(severity);
        found[0].Location.IsInSource.Should().BeTrue();
        GeneratedErrors(source).Should().BeEmpty("a broken rule is one error, not one and another in generated code");
    }

    private static async Task ExpectNothingInSourceAsync(string source)
    {
        (await Harness.AnalyzeAsync(Head + source)).Should().BeEmpty();
        GeneratedErrors(source).Should().BeEmpty();
    }

    private static string[] GeneratedErrors(string source) =>
    [
        .. Harness.Generate(Head + source).GetDiagnostics()
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && diagnostic.Location.SourceTree?.FilePath.EndsWith(".g.cs") == true)
            .Select(diagnostic => diagnostic.ToString()),
    ];
}
