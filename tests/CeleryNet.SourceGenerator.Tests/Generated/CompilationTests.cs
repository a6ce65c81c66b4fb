namespace CeleryNet.SourceGenerator.Tests.Generated;

/// <summary>Corners of the language in which generated code must still compile.</summary>
public sealed class CompilationTests
{
    [Theory]
    [InlineData("public static class Rootless { [Task] public static void Go() { } }")]
    [InlineData("namespace Shop.@event { public static class @class { [Task] public static int @return(int @in, int @params = 1) => 1; } class Use { object call = @class.returnTask(1); } }")]
    [InlineData("public static partial class T { [Task(\"a\")] public static partial int Go(int x = 3); } static partial class T { public static partial int Go(int x) => x; } class Use { object call = T.GoTask(); }")]
    [InlineData("public static partial class T { public static partial int Go(int x = 3); } static partial class T { [Task(\"a\")] public static partial int Go(int x) => x; } class Use { object call = T.GoTask(); }")]
    [InlineData("public static partial class T { [Task(\"a\")] public static void Go() { } } static partial class T { [Task(\"b\")] public static void Run() { } }")]
    [InlineData("public record R { [Task(\"a\")] public void Go() { } } public struct S { [Task(\"b\")] public static void Go() { } }")]
    [InlineData("public class Schemes { [Task(\"a\")] public static void Go() { } } public class TasksRegistry { [Task(\"b\")] public static void Go() { } }")]
    [InlineData("namespace System.Shop { public class Task { [Task(\"a\")] public static void Go(DateTime x) { } } }")]
    [InlineData("public static class T { [Obsolete(\"use another\")] [Task(\"a\")] public static void Go() { } }")]
    [InlineData("public static class T { [Task(\"a\")] public static dynamic Go(dynamic x, List<dynamic> y) => x; [Task(\"b\")] public static Task<dynamic> RunAsync() => null!; }")]
    [InlineData("#nullable disable\npublic static class T { [Task(\"a\")] public static string Go(string x = null, List<string> y = null) => x; }")]
    [InlineData("public static class T { [Task(\"a\")] public static double Go(double x = double.NaN, float y = float.NegativeInfinity, DayOfWeek z = (DayOfWeek)(-1), sbyte a = -1, char b = '\\u0000') => x; }")]
    [InlineData("public static class T { [Task(\"a\")] public static (int A, string B) Go((int C, string D) x, List<(int E, string F)> y) => (1, x.D); }")]
    [InlineData("public static class T { [Task(\"a\")] public static int Count(this string text) => text.Length; } class Use { object call = T.CountTask(\"a\"); }")]
    [InlineData("public class K([Microsoft.Extensions.DependencyInjection.FromKeyedServices((byte)1)] IDisposable a, [Microsoft.Extensions.DependencyInjection.FromKeyedServices(typeof(K))] IDisposable b, IServiceProvider c, int? d, DayOfWeek e = DayOfWeek.Friday, string f = \"x\") { [Task(\"a\")] public void Go() { } object all = new object?[] { a, b, c, d, e, f }; }")]
    public async Task Generated_InCornersOfTheLanguage_Compiles(string source)
    {
        // A record's own tasks and the obsolete ones may warn in the user's file; nothing else may be said.
        Harness.ErrorsOf(Harness.Generate(source)).Should().BeEmpty();
        (await Harness.AnalyzeAsync(source)).Should().BeEmpty();
    }
}
