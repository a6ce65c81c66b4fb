using System.Text;
using System.Text.Json;
using CeleryNet.Signatures;

namespace CeleryNet.Tests.Signatures;

/// <summary>Signatures in Celery's JSON form.</summary>
public sealed class SignatureDocumentTests
{
    public static TheoryData<string> GoldenMessages =>
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Golden"), "*.json", SearchOption.AllDirectories).Where(file => file.Contains("/messages/")).Where(file => Signatures(file).Count > 0)
            .Select(file => Path.GetRelativePath(AppContext.BaseDirectory, file))];

    [Theory]
    [MemberData(nameof(GoldenMessages))]
    public void Write_OfEverySignatureThatPythonSent_IsTheSameJson(string file)
    {
        foreach (var signature in Signatures(Path.Combine(AppContext.BaseDirectory, file)))
        {
            var written = SignatureDocument.Read(Encoding.UTF8.GetBytes(signature.GetRawText())).ToBytes();

            JsonElement.DeepEquals(JsonDocument.Parse(written).RootElement, signature).Should().BeTrue("it should be {0}", signature);
        }
    }

    [Theory]
    [InlineData("""{"task":"t","args":[1],"kwargs":{"a":{"b":null}},"options":{"foo":[1,{"x":2}],"queue":null},"subtask_type":null,"immutable":true,"chord_size":null,"more":{"y":1}}""")]
    [InlineData("""{"task":"celery.chord","args":[],"kwargs":{"kwargs":{"k":1},"header":[{"task":"t","args":[],"kwargs":{},"options":{},"subtask_type":null,"immutable":false}],"body":{"task":"u","args":[],"kwargs":{},"options":{},"subtask_type":null,"immutable":false},"extra":7},"options":{"interval":1},"subtask_type":"chord","immutable":false,"chord_size":2}""")]
    [InlineData("""{"task":"celery.group","args":[],"kwargs":{"tasks":[],"more":[1]},"options":{},"subtask_type":"group","immutable":false}""")]
    public void Write_OfWhatIsUnknown_KeepsIt(string json)
    {
        var written = SignatureDocument.Read(Encoding.UTF8.GetBytes(json)).Clone().ToBytes();

        JsonElement.DeepEquals(JsonDocument.Parse(written).RootElement, JsonDocument.Parse(json).RootElement).Should().BeTrue("it was {0}", Encoding.UTF8.GetString(written));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("{}")]
    [InlineData("""{"task":7}""")]
    [InlineData("""{"task":"t","args":{}}""")]
    [InlineData("""{"task":"t","options":[]}""")]
    [InlineData("""{"task":"celery.chain","kwargs":{"tasks":[1]},"subtask_type":"chain"}""")]
    [InlineData("{\"task\":")]
    public void Read_OfWhatIsNoSignature_SaysSo(string json) =>
        FluentActions.Invoking(() => SignatureDocument.Read(Encoding.UTF8.GetBytes(json))).Should().Throw<MessageFormatException>().Which.Code.Should().Be("CN2001");

    [Theory]
    [InlineData("[]", false, "[7]")]
    [InlineData("[ ]", false, "[7]")]
    [InlineData("[1, 2]", false, "[7,1, 2]")]
    [InlineData("[1]", true, "[1]")]
    public void Prepend_PutsTheResultInFront_UnlessImmutable(string arguments, bool isImmutable, string expected)
    {
        var document = new SignatureDocument { Task = "t", Arguments = Encoding.UTF8.GetBytes(arguments), IsImmutable = isImmutable };

        document.Prepend("7"u8.ToArray());

        Encoding.UTF8.GetString(document.Arguments.Span).Should().Be(expected);
    }

    [Fact]
    public void Append_OfACallbackThatIsThere_AddsNothing()
    {
        var document = new SignatureDocument { Task = "t" };
        var callback = """[{"task":"u"}]"""u8.ToArray();

        document.Append(OptionNames.Link, callback);
        document.Append(OptionNames.Link, callback);

        Encoding.UTF8.GetString(document.Options[OptionNames.Link].Span).Should().Be("""[{"task":"u"}]""");
    }

    [Fact]
    public void ResultNode_WrittenAndRead_IsTheSame()
    {
        const string Tuple = """[["g",[["p",null],null]],[[["a",null],null],[["h",null],[[["b",null],null]]]]]""";

        var node = ResultNode.Read(Encoding.UTF8.GetBytes(Tuple));

        Encoding.UTF8.GetString(node.ToBytes()).Should().Be(Tuple);
        node.TaskIds().Should().Equal("a", "b", "p");
    }

    private static List<JsonElement> Signatures(string file)
    {
        var message = JsonDocument.Parse(File.ReadAllText(file)).RootElement;
        if (!message.TryGetProperty("message", out message) || !message.TryGetProperty("body_text", out var text) || message.GetProperty("content_type").GetString() != "application/json") return [];
        if (text.GetString()!.Contains("NaN", StringComparison.Ordinal) || text.GetString()![0] != '[') return [];
        var body = JsonDocument.Parse(text.GetString()!).RootElement;
        if (body.GetArrayLength() != 3 || body[2].ValueKind != JsonValueKind.Object) return [];
        return [.. body[2].EnumerateObject().SelectMany(part => part.Value.ValueKind switch
        {
            JsonValueKind.Array => part.Value.EnumerateArray().ToArray(),
            JsonValueKind.Object => [part.Value],
            _ => [],
        })];
    }
}
