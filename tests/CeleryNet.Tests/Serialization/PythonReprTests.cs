using System.Text;
using System.Text.Json;
using CeleryNet.Serialization;

namespace CeleryNet.Tests.Serialization;

public sealed class PythonReprTests
{
    [Fact]
    public void Of_EveryKindOfValue_IsWhatPythonShows()
    {
        foreach (var row in JsonElement.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "python-repr.json"))).EnumerateArray())
        {
            var json = Json.Bytes(row.GetProperty("json").GetString()!);
            PythonRepr.Of(json).Should().Be(row.GetProperty("repr").GetString());
            if (row.GetProperty("tuple").GetString() is { } tuple) PythonRepr.OfTuple(json).Should().Be(tuple);
        }
    }

    [Theory]
    [InlineData("\"", "\"")]
    [InlineData("[\"", "\"]")]
    public void Of_LongText_IsCutAndSaysSo(string before, string after)
    {
        var shown = PythonRepr.Of(Json.Bytes($"{before}{new string('x', 100_000)}{after}"));

        shown.Should().HaveLength(PythonRepr.MaxLength).And.EndWith("...");
    }

    [Fact]
    public void Of_LongEmoji_IsNotCutInTwo()
    {
        for (var offset = 0; offset < 2; offset++)
        {
            var shown = PythonRepr.Of(Json.Bytes($"[\"{new string('x', offset)}{string.Concat(Enumerable.Repeat("😀", 600))}\"]"));

            shown.EnumerateRunes().Should().NotContain(Rune.ReplacementChar);
            shown.Length.Should().BeLessThanOrEqualTo(PythonRepr.MaxLength);
        }
    }

    [Theory]
    [InlineData("[1,", "[1...")]
    [InlineData("", "...")]
    [InlineData("[\"\\ud800\"]", "['?']")]
    public void Of_WhatCannotBeRead_IsShownAsFarAsItCan(string json, string shown) => PythonRepr.Of(Json.Bytes(json)).Should().Be(shown);

    [Fact]
    public void Of_DeepOrHugeValue_IsBounded()
    {
        PythonRepr.Of(Json.Bytes(new string('[', 100_000))).Length.Should().BeLessThanOrEqualTo(PythonRepr.MaxLength);
        PythonRepr.Of(Json.Bytes(new string('7', 1_000_000))).Should().HaveLength(PythonRepr.MaxLength);
        PythonRepr.Of(Json.Bytes($"[{string.Join(',', Enumerable.Repeat("1", 500_000))}]")).Should().HaveLength(PythonRepr.MaxLength);
    }
}
