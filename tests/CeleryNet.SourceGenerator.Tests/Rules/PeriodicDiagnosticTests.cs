using Microsoft.CodeAnalysis;

namespace CeleryNet.SourceGenerator.Tests.Rules;

/// <summary>Rules for <c>[Periodic]</c>.</summary>
public sealed class PeriodicDiagnosticTests
{
    [Theory]
    [InlineData("CN0040", "[Task(\"t\"), Periodic(\"61 * * * *\")] public static void Go() { }", "*[Periodic] of task 'Go' is \"61 * * * *\"*its minute '61' cannot be read: 61 is not from 0 to 59*\"0 8 * * mon\"")]
    [InlineData("CN0040", "[Task(\"t\"), Periodic(\"* * *\")] public static void Go() { }", "*it has 3 fields instead of 5*")]
    [InlineData("CN0040", "[Task(\"t\"), Periodic(\"0 0 30 feb *\")] public static void Go() { }", "*no date has such a day, month and day of week*")]
    [InlineData("CN0040", "[Task(\"t\"), Periodic(\"0 8 * * funday\")] public static void Go() { }", "*'funday' is no value from 0 to 6*")]
    [InlineData("CN0041", "[Task(\"t\"), Periodic(\"0 8 * * mon\", Zone = \"W. Europe Standard Time\")] public static void Go() { }", "*\"W. Europe Standard Time\"*no IANA name*\"Europe/Berlin\"*")]
    [InlineData("CN0041", "[Task(\"t\"), Periodic(\"0 8 * * mon\", Zone = \"\")] public static void Go() { }", "*no IANA name*")]
    [InlineData("CN0042", "[Task(\"t\"), Periodic] public static void Go() { }", "*'Go' has neither a cron expression nor Every*")]
    [InlineData("CN0042", "[Task(\"t\"), Periodic(\"* * * * *\", Every = \"00:05:00\")] public static void Go() { }", "*has a cron expression and Every*")]
    [InlineData("CN0042", "[Task(\"t\"), Periodic(Every = \"00:05:00\", Zone = \"Europe/Berlin\")] public static void Go() { }", "*has a Zone but no cron expression*")]
    [InlineData("CN0042", "[Task(\"t\"), Periodic(\"* * * * *\", Name = \"\")] public static void Go() { }", "*has a Name of 0 characters*")]
    [InlineData("CN0043", "[Task(\"t\"), Periodic(\"* * * * *\")] public static void Go(int x) { }", "*'Go' is [Periodic], but nothing supplies its parameter 'x'*default value*AddBeat*")]
    [InlineData("CN0044", "[Task(\"t\"), Periodic(\"0 8 * * *\"), Periodic(\"0 9 * * *\")] public static void Go() { }", "*has 2 [Periodic] with the name 't'*")]
    [InlineData("CN0044", "[Task(\"t\"), Periodic(\"0 8 * * *\"), Periodic(\"0 9 * * *\", Name = \"t\")] public static void Go() { }", "*with the name 't'*")]
    [InlineData("CN0045", "[Periodic(\"* * * * *\")] public static void Go() { }", "*[Periodic] on 'Go' has no effect: it is no task*")]
    [InlineData("CN0009", "[Task(\"t\"), Periodic(Every = \"300\")] public static void Go() { }", "*Every of [Periodic] of task 'Go' is \"300\"*")]
    [InlineData("CN0009", "[Task(\"t\"), Periodic(\"* * * * *\", Expires = \"soon\")] public static void Go() { }", "*Expires of*")]
    [InlineData("CN0020", "[Task(\"t\"), Periodic(Every = \"00:00:00.0001\")] public static void Go() { }", "*Every of [Periodic] of task 'Go' is 00:00:00.0001000; choose at least 00:00:00.001")]
    [InlineData("CN0020", "[Task(\"t\"), Periodic(\"* * * * *\", Jitter = \"2.00:00:00\")] public static void Go() { }", "*Jitter*at most 1.00:00:00")]
    [InlineData("CN0020", "[Task(\"t\"), Periodic(\"* * * * *\", CatchUpLimit = 0)] public static void Go() { }", "*CatchUpLimit*1 to 10000")]
    [InlineData("CN0020", "[Task(\"t\"), Periodic(\"* * * * *\", MaxRuns = -1)] public static void Go() { }", "*MaxRuns*1 or more*")]
    public async Task Periodic_ThatCannotBe_IsAnError(string id, string member, string message) => await ExpectAsync(id, $"public static class T {{ {member} }}", message);

    [Fact]
    public async Task Periodic_OfARemoteTask_HasNoEffect() =>
        await ExpectAsync("CN0045", "[RemoteTasks] public interface IRemote { [Task(\"a\"), Periodic(\"* * * * *\")] void Go(); }", "*another worker runs it*AddBeat*");

    [Theory]
    [InlineData("[Task(\"t\"), Periodic(\"0 8 * * mon\", Zone = \"Europe/Berlin\")] public static void Go() { }")]
    [InlineData("[Task(\"t\"), Periodic(\"*/15 0 8-17/2 1,15 jan-mar fri-mon\", Zone = \"Etc/GMT+8\", Misfire = MisfirePolicy.CatchUp, CatchUpLimit = 3, MaxRuns = 9)] public static void Go() { }")]
    [InlineData("[Task(\"t\"), Periodic(Every = \"00:05:00\", Queue = \"low\", Expires = \"00:04:00\", Jitter = \"00:00:10\", Name = \"often\")] public static void Go() { }")]
    [InlineData("[Task(\"t\"), Periodic(\"0 8 * * *\"), Periodic(\"0 20 * * *\", Name = \"evening\"), Periodic(Every = \"00:05:00\", Name = \"often\")] public static void Go() { }")]
    [InlineData("[Task(\"t\"), Periodic(\"0 8 * * *\")] public static void Go(TaskContext context, int x = 1, CancellationToken token = default, params int[] others) { }")]
    public async Task Periodic_ThatCanBe_IsGeneratedWithoutAWord(string member)
    {
        var source = $"public static class T {{ {member} }}";

        (await Harness.AnalyzeAsync(source)).Should().BeEmpty();
        Harness.ErrorsOf(Harness.Generate(source)).Should().BeEmpty();
    }

    private static async Task ExpectAsync(string id, string source, string message)
    {
        var found = await Harness.AnalyzeAsync(source);

        found.Select(diagnostic => diagnostic.Id).Should().Equal(id);
        found[0].GetMessage(null).Should().Match(message);
        found[0].Severity.Should().Be(DiagnosticSeverity.Error);
        Harness.ErrorsOf(Harness.Generate(source)).Should().BeEmpty("a broken rule is one error, not one and another in generated code");
    }
}
