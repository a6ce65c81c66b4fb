using System.Globalization;
using System.Text.Json;

namespace CeleryNet.Interop.Tests.FromPython;

public abstract partial class FromPythonTests
{
    private static readonly DateTimeOffset Moment = new(2026, 3, 29, 1, 2, 3, 456, 789, TimeSpan.Zero);

    [SkippableFact]
    public async Task Call_WithPositionalArguments_ReturnsResult() => (await ValueAsync("cs.add", new[] { 2, 3 })).GetInt32().Should().Be(5);

    [SkippableFact]
    public async Task Call_WithKeywordArguments_MapsThemByName() =>
        (await ValueAsync("cs.join", null, new { second = "b", first = "a" })).GetString().Should().Be("a|b|none");

    [SkippableFact]
    public async Task Call_WithPositionalAndKeywordArguments_UsesBothAndDefaults() =>
        (await ValueAsync("cs.join", new[] { "a" }, new { third = "c" })).GetString().Should().Be("a|two|c");

    [SkippableTheory]
    [InlineData("max_width")]
    [InlineData("maxWidth")]
    public async Task Call_WithKeywordInEitherSpelling_FindsParameter(string name) =>
        (await ValueAsync("cs.thumbnail", new[] { "a.png" }, new Dictionary<string, int> { [name] = 64 })).GetString().Should().Be("a.png@64");

    [SkippableTheory]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("false")]
    [InlineData("0")]
    [InlineData("-7")]
    [InlineData("9007199254740993")]
    [InlineData("1.5")]
    [InlineData("-2.5e-300")]
    [InlineData("\"\"")]
    [InlineData("\"Grüße, 世界 🎉 \\u0000 \\n \\\" \\\\ \\u2028\"")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("[1, \"two\", null, [3, [4]], {\"five\": 6}]")]
    [InlineData("{\"a\": {\"b\": [{\"c\": null}]}, \"ключ\": [true, false]}")]
    public async Task Echo_OfAnyJsonValue_ReturnsItUnchanged(string json)
    {
        using var sent = JsonDocument.Parse(json);

        var returned = await ValueAsync("cs.echo", new[] { sent.RootElement });

        JsonElement.DeepEquals(returned, sent.RootElement).Should().BeTrue("{0} came back as {1}", json, returned.GetRawText());
    }

    [SkippableFact]
    public async Task Call_WithNull_GivesNullables() => (await ValueAsync("cs.maybe", new object?[] { null, null })).GetString().Should().Be("null/null");

    [SkippableFact]
    public async Task Call_WithIntegerBeyond64Bits_KeepsEveryDigit()
    {
        using var number = JsonDocument.Parse("1208925819614629174706176123456789");

        (await ValueAsync("cs.big", new[] { number.RootElement })).GetRawText().Should().Be("2417851639229258349412352246913578");
    }

    [SkippableFact]
    public async Task Call_WithLargestLongs_KeepsThem()
    {
        (await ValueAsync("cs.long", new[] { long.MaxValue - 1 })).GetInt64().Should().Be(long.MaxValue);
        (await ValueAsync("cs.long", new[] { long.MinValue })).GetInt64().Should().Be(long.MinValue + 1);
    }

    [SkippableFact]
    public async Task Call_WithDecimal_KeepsEveryDigit() =>
        (await ValueAsync("cs.money", new[] { new Dictionary<string, string> { ["$decimal"] = "1234567890123.456789" } }))
            .ToString().Should().Be("2469135780246.913578");

    [SkippableTheory]
    [InlineData("2026-03-29T01:02:03.456789+00:00")]
    [InlineData("2026-03-29T03:02:03.456789+02:00")]
    [InlineData("2026-03-28T19:32:03.456789-05:30")]
    public async Task Call_WithZonedDate_GivesTheSameMoment(string text)
    {
        var value = await ValueAsync("cs.moment", new[] { new Dictionary<string, string> { ["$datetime"] = text } });

        DateTimeOffset.Parse(value.GetString()!, CultureInfo.InvariantCulture).Should().Be(Moment);
    }

    [SkippableFact]
    public async Task Result_ThatIsADate_IsReadableByPython()
    {
        var value = await ValueAsync("cs.later", new[] { new Dictionary<string, string> { ["$datetime"] = "2026-03-29T03:02:03.456789+02:00" } });

        DateTimeOffset.Parse(value.GetString()!, CultureInfo.InvariantCulture).Should().Be(Moment.AddDays(1));
    }

    [SkippableFact]
    public async Task Call_WithDateAndUuid_ReadsKombusForms()
    {
        (await ValueAsync("cs.weekday", new[] { new Dictionary<string, string> { ["$date"] = "2026-03-29" } })).GetString().Should().Be("Sunday");
        (await ValueAsync("cs.guid", new[] { new Dictionary<string, string> { ["$uuid"] = "6f1c2b3a-0d4e-4f5a-8b6c-7d8e9f0a1b2c" } }))
            .GetString().Should().Be("6f1c2b3a-0d4e-4f5a-8b6c-7d8e9f0a1b2c");
    }

    [SkippableFact]
    public async Task Call_WithNestedData_ReadsTypedCollections()
    {
        var value = await ValueAsync("cs.nested", new[] { new Dictionary<string, int[]> { ["a"] = [1, 2, 3], ["ü"] = [], ["c"] = [-4] } });

        value.GetProperty("a").GetInt32().Should().Be(6);
        value.GetProperty("ü").GetInt32().Should().Be(0);
        value.GetProperty("c").GetInt32().Should().Be(-4);
    }

    [SkippableFact]
    public async Task Call_WithOneMegabyte_ArrivesWhole() =>
        (await ValueAsync("cs.length", new[] { new Dictionary<string, object> { ["$text"] = new { letter = "ü", count = 1 << 20 } } })).GetInt32().Should().Be(1 << 20);

    [SkippableFact]
    public async Task Result_OfOneMegabyte_ArrivesWhole() =>
        (await ValueAsync("cs.repeat", new object[] { "ü", 1 << 20 })).GetString().Should().HaveLength(1 << 20).And.MatchRegex("^ü+$");

    [SkippableFact]
    public async Task Result_OfTaskWithoutReturnValue_IsNull() => (await ValueAsync("cs.nothing")).ValueKind.Should().Be(JsonValueKind.Null);
}
