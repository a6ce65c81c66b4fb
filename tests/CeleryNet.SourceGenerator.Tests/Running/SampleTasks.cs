using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;

namespace CeleryNet.SourceGenerator.Tests.Running;

public enum Shade
{
    Light,
    Dark,
}

public sealed record Order(int Id, List<string> Lines, Money Total);

public readonly record struct Money(decimal Amount, string Currency);

[JsonSerializable(typeof(Order))]
public sealed partial class OrderJson : JsonSerializerContext;

public static class MathTasks
{
    /// <summary>Adds two numbers.</summary>
    [Task("math.add")]
    public static int Add(int x, int y = 5) => x + y;

    [Task("math.count")]
    public static int Count(int to, IProgress<int> progress, IProgress<List<string>>? details = null)
    {
        for (var i = 1; i <= to; i++) progress.Report(i);
        details?.Report(["done"]);
        return to;
    }

    [Task("math.add_doubles")]
    public static double Add(double x, double y) => x + y;

    [Task("math.sum", Queue = "sums", Priority = 3, TimeLimit = "00:05:00", SoftTimeLimit = "00:04:30", Expires = "1.00:00:00", IgnoreResult = true, TrackStarted = true, AckEarly = true)]
    public static int Sum(IReadOnlyList<int> values) => values.Sum();

    [Task]
    public static Task<int> TwiceAsync(int number) => Task.FromResult(number * 2);

    [Task("math.total")]
    public static int Total(params int[] values) => values.Sum();
}

public static class LimitedTasks
{
    public const string AllDay = "{shade}/{day}";

    [Task("limits.several", RateLimit = "100/m", SkipFinished = true)]
    [Concurrency(2, Key = "{tenant}")]
    [RateLimit("5/h", Name = "shared")]
    [Unique("{tenant}:{dayOfReport}", For = "00:10:00", OnDuplicate = DuplicatePolicy.Replace, Until = UniqueUntil.Started, Name = "reports")]
    public static string Several(string tenant, [FromServices] IServiceProvider? services = null, List<int>? others = null, DateOnly? dayOfReport = null) => tenant;

    [Task("limits.all"), Unique]
    public static void All(int x) { }

    [Task("limits.const"), Concurrency(1, Key = AllDay)]
    public static void Const(Shade shade, int day = 7) { }
}

public static class FormTasks
{
    public static AsyncLocal<List<string>?> Calls { get; } = new();

    [Task("forms.void")]
    public static void Nothing(string text) => Note(text);

    [Task("forms.none")]
    public static void NoArguments() => Note("none");

    [Task("forms.task")]
    public static async Task WaitAsync(string text)
    {
        await Task.Yield();
        Note(text);
    }

    [Task("forms.valuetask")]
    public static async ValueTask WaitShortlyAsync(string text)
    {
        await Task.Yield();
        Note(text);
    }

    [Task("forms.valuetask_of")]
    public static async ValueTask<string> EchoAsync(string text)
    {
        await Task.Yield();
        return text;
    }

    [Task("forms.throws")]
    public static async Task<int> ThrowAsync(string text)
    {
        await Task.Yield();
        throw new InvalidOperationException(text);
    }

    private static void Note(string text) => Calls.Value?.Add(text);
}

public static class TypeTasks
{
    [Task("types.defaults")]
    public static string Defaults(
        string? text = null,
        string quoted = "a\"b\\c\n",
        char letter = '\'',
        bool flag = true,
        long number = long.MinValue,
        ulong big = ulong.MaxValue,
        float small = 1.5f,
        double real = double.NaN,
        decimal money = 12.50m,
        Shade shade = Shade.Dark,
        Shade? perhaps = null,
        Guid id = default,
        int? count = 7) => string.Create(
            CultureInfo.InvariantCulture,
            $"{text ?? "null"}|{quoted}|{letter}|{flag}|{number}|{big}|{small}|{real}|{money}|{shade}|{perhaps?.ToString() ?? "null"}|{id}|{count}");

    [Task("types.collections")]
    public static int Collections(
        List<string> list, IEnumerable<int?> numbers, HashSet<Shade> shades, Dictionary<string, List<double>> map, Dictionary<int, string> byNumber, byte[] bytes, int[][] grid,
        (int Number, string Text) pair) =>
        list.Count + numbers.Count() + shades.Count + map.Count + byNumber.Count + bytes.Length + grid.Length + pair.Number;

    [Task("types.keywords")]
    public static string Keywords(string @class, int @event, int invocation, int arguments, int writer, int argument0) => $"{@class}{@event}{invocation}{arguments}{writer}{argument0}";

    [Task("types.any")]
    public static object? Any(object? value) => value;

    [Task("types.nullable_result")]
    public static string? Maybe(bool some) => some ? "some" : null;

    [Task("types.sets")]
    public static (int, int, string) Sets(ISet<int> set, IReadOnlySet<string> texts, Half half, (int, int, int) triple, IList<Guid>? ids = null) =>
        (set.Count + texts.Count + (ids?.Count ?? 0), triple.Item1 + triple.Item2 + triple.Item3, half.ToString(CultureInfo.InvariantCulture));

    [Task("types.order")]
    public static Order? Reprice(Order order, List<Order> others, Money? money) =>
        others.Count == 0 ? null : order with { Lines = [.. others.SelectMany(other => other.Lines)], Total = money ?? order.Total };

    [Task("types.many")]
    public static int Many(
        int p00, int p01, int p02, int p03, int p04, int p05, int p06, int p07, int p08, int p09, int p10, int p11, int p12, int p13, int p14, int p15,
        int p16, int p17, int p18, int p19, int p20, int p21, int p22, int p23, int p24, int p25, int p26, int p27, int p28, int p29, int p30, int p31,
        int p32, int p33, int p34, int p35, int p36, int p37, int p38, int p39, int p40, int p41, int p42, int p43, int p44, int p45, int p46, int p47,
        int p48, int p49, int p50, int p51, int p52, int p53, int p54, int p55, int p56, int p57, int p58, int p59, int p60, int p61, int p62, int p63) =>
        p00 + p01 + p02 + p03 + p04 + p05 + p06 + p07 + p08 + p09 + p10 + p11 + p12 + p13 + p14 + p15 + p16 + p17 + p18 + p19
        + p20 + p21 + p22 + p23 + p24 + p25 + p26 + p27 + p28 + p29 + p30 + p31 + p32 + p33 + p34 + p35 + p36 + p37 + p38 + p39
        + p40 + p41 + p42 + p43 + p44 + p45 + p46 + p47 + p48 + p49 + p50 + p51 + p52 + p53 + p54 + p55 + p56 + p57 + p58 + p59 + p60 + p61 + p62 + p63;

    [Task("types.pair")]
    public static (int, string?) Pair(int number) => (number, null);
}

public sealed class Outer
{
    internal static class Inner
    {
        [Task]
        internal static string Shout(string text) => text.ToUpperInvariant();
    }
}

public interface IClock
{
    string Now { get; }
}

public sealed class FixedClock(string now) : IClock
{
    public string Now { get; } = now;
}

public sealed class InjectedTasks(IClock clock, [FromKeyedServices("night")] IClock night, Uri? missing = null, int attempts = 4)
{
    public InjectedTasks() : this(new FixedClock("shorter constructor"), new FixedClock("never")) { }

    [Task("injected.instance")]
    public string Tell(string greeting) => $"{greeting} {clock.Now} {night.Now} {missing?.ToString() ?? "-"} {attempts}";

    [Task("injected.all")]
    public async Task<string> AllAsync(
        TaskContext context, string first, [FromServices] IClock service, int second = 2, [FromServices] Version? optional = null,
        [FromKeyedServices("night")] IClock? keyed = null, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        return $"{context.Id} {first} {cancellationToken.CanBeCanceled} {service.Now} {second} {optional?.ToString() ?? "-"} {keyed?.Now}";
    }

    [Task("injected.static")]
    public static string Static([FromServices] IClock clock) => clock.Now;
}

public sealed class MarkedTasks
{
    private readonly string _made;

    [ActivatorUtilitiesConstructor]
    public MarkedTasks() => _made = "marked";

    public MarkedTasks(IClock clock) => _made = clock.Now;

    [Task("marked.tell")]
    public string Tell() => _made;
}

[RemoteTasks]
public interface IPythonImaging
{
    /// <summary>Makes a thumbnail.</summary>
    [Task("proj.tasks.thumbnail", Queue = "img")]
    string Thumbnail(string source, int width = 128);

    [Task("proj.tasks.thumbnail")]
    string Thumbnail(string source, int width, int height);

    [Task("proj.tasks.clean")]
    Task CleanAsync(CancellationToken cancellationToken);
}
