using System.Globalization;
using System.Text.RegularExpressions;

namespace CeleryNet.Samples.Tests;

public sealed class WorkflowTests
{
    [Fact]
    public Task Embedded_ChainGroupAndChord_AgreeOnTheData() => RunAsync();

    [SkippableFact]
    public Task OverRedis_ChainGroupAndChord_AgreeOnTheData() => RunAsync("--broker", Ports.Redis(10));

    private static async Task RunAsync(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        await using var sample = Sample.Start("03.Workflows", [.. arguments, "--data", folder.Path]);

        var printed = await sample.EndAsync();

        var page = Regex.Match(printed, "^chain: (.*)$", RegexOptions.Multiline).Groups[1].Value;
        var december = Sum(await File.ReadAllTextAsync(page), @"^\| \w+ \| ([0-9.]+) \|$");
        var months = Regex.Matches(printed, "^group: month +([0-9]+) +([0-9.,]+)$", RegexOptions.Multiline);
        months.Select(month => month.Groups[1].Value).Should().Equal(Enumerable.Range(1, 12).Select(number => $"{number}"));
        december.Should().BePositive().And.Be(decimal.Parse(months[11].Groups[2].Value, CultureInfo.InvariantCulture));
        printed.Should().Contain("chord: # The year 2025");
        Sum(printed, @"^\| \w+ \| ([0-9.]+) \|$").Should().Be(Sum(printed, "^group: month +[0-9]+ +([0-9.,]+)$"));
    }

    private static decimal Sum(string text, string pattern) =>
        Regex.Matches(text, pattern, RegexOptions.Multiline).Sum(match => decimal.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
}
