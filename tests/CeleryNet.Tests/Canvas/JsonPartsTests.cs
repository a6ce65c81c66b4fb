using System.Text;
using System.Text.Json;
using CeleryNet.Signatures;

namespace CeleryNet.Tests.Signatures;

public sealed class JsonPartsTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    [Theory]
    [InlineData("""[{"a":1}]""", """{"a":1}""", "")]
    [InlineData("""[{"a":1},{"b":[]}]""", """{"b":[]}""", """{"a":1}""")]
    [InlineData(""" [ {"a":1} , {"b":2} , {"c":{"d":[{}]}} ] """, """{"c":{"d":[{}]}}""", """ {"a":1} , {"b":2} """)]
    [InlineData("""[{"a":"}]"},{"b":"{[\"{"}]""", """{"b":"{[\"{"}""", """{"a":"}]"}""")]
    [InlineData("""[{"a":"\\"},{"b":"\\\"\\\\"}]""", """{"b":"\\\"\\\\"}""", """{"a":"\\"}""")]
    [InlineData("""[{"a":"é"},{"é":"漢\u00e9"}]""", """{"é":"漢\u00e9"}""", """{"a":"é"}""")]
    [InlineData("""["a,{",{"b":1}]""", """{"b":1}""", "\"a,{\"")]
    public void CutLast_ListThatEndsInAnObject_IsCutBeforeIt(string list, string last, string before)
    {
        var cut = JsonParts.CutLast(Encoding.UTF8.GetBytes(list), out var rest);

        Encoding.UTF8.GetString(cut.Span).Should().Be(last);
        Encoding.UTF8.GetString(rest.Span).TrimEnd().Should().Be(before.TrimEnd());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("[ ]")]
    [InlineData("[{},1]")]
    [InlineData("[[{}]]")]
    [InlineData("{}")]
    public void CutLast_NoObjectAtTheEndOfAList_CutsNothing(string list)
    {
        var cut = JsonParts.CutLast(Encoding.UTF8.GetBytes(list), out var rest);

        cut.IsEmpty.Should().BeTrue();
        rest.IsEmpty.Should().BeTrue();
    }

    [Fact]
    public void CutLast_RandomObjects_AgreesWithSplit()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 500; round++)
        {
            var objects = Enumerable.Range(0, random.Next(1, 6)).Select(_ => new Dictionary<string, object?> { [Text(random)] = Value(random, 3) }).ToList();
            ReadOnlyMemory<byte> list = JsonSerializer.SerializeToUtf8Bytes(objects, round % 2 == 0 ? Indented : JsonSerializerOptions.Default);

            var last = JsonParts.CutLast(list, out var before);

            var elements = JsonParts.Split(list);
            last.ToArray().Should().Equal(elements[^1].ToArray(), "seed {0}, round {1}", seed, round);
            var others = before.IsEmpty ? [] : JsonParts.Split(JsonParts.Join([before]));
            others.Select(other => Encoding.UTF8.GetString(other.Span)).Should().Equal(elements.SkipLast(1).Select(other => Encoding.UTF8.GetString(other.Span)), "seed {0}, round {1}", seed, round);
        }
    }

    private static object? Value(Random random, int depth) => random.Next(depth > 0 ? 5 : 3) switch
    {
        0 => random.Next(),
        1 => null,
        2 => Text(random),
        3 => Enumerable.Range(0, random.Next(3)).Select(_ => Value(random, depth - 1)).ToList(),
        _ => new Dictionary<string, object?> { [Text(random)] = Value(random, depth - 1) },
    };

    private static string Text(Random random) => new([.. Enumerable.Range(0, random.Next(8)).Select(_ => "\"\\{}[],: aé漢\n"[random.Next(13)])]);
}
