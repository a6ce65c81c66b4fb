using System.Text.Json;
using CeleryNet.Results;
using CeleryNet.Tests.Serialization;

namespace CeleryNet.Tests.Results;

public sealed class ResultDocumentTests
{
    private static readonly string[] Extended = ["name", "args", "kwargs", "worker", "retries", "queue"];

    public static TheoryData<string> Documents => [.. GoldenFile.Names("results")];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Read_DocumentOfPython_HasEveryFieldAndIsWrittenTheSame(string name)
    {
        foreach (var key in GoldenFile.Read(name).GetProperty("result_keys").EnumerateArray())
        {
            if (!key.GetProperty("key").GetString()!.StartsWith("celery-task-meta-", StringComparison.Ordinal)) continue;
            var text = key.GetProperty("value").GetString()!;
            var original = JsonElement.Parse(text);

            var result = ResultDocument.Read(Json.Bytes(text));
            var written = JsonElement.Parse(Json.Write(json => ResultDocument.Write(json, result)));

            result.State.Should().Be(original.GetProperty("status").GetString());
            result.TaskId.Should().Be(original.GetProperty("task_id").GetString());
            foreach (var field in original.EnumerateObject().Where(field => !Extended.Contains(field.Name)))
            {
                var now = written.GetProperty(field.Name);
                var isSame = field.Name switch
                {
                    "date_done" when field.Value.ValueKind == JsonValueKind.String =>
                        result.DateDone == DateTimeOffset.Parse(field.Value.GetString()!, null, System.Globalization.DateTimeStyles.AssumeUniversal) && now.GetString()!.Length == 26,
                    "children" when field.Value.ValueKind == JsonValueKind.Null => now.GetArrayLength() == 0,
                    _ => JsonElement.DeepEquals(now, field.Value),
                };
                isSame.Should().BeTrue($"{field.Name} of {name} is {field.Value}, not {now}");
            }
        }
    }

    [Theory]
    [InlineData("[\"boom\"]", "boom")]
    [InlineData("[\"boom\",7]", "('boom', 7)")]
    [InlineData("[7]", "7")]
    [InlineData("[]", "")]
    [InlineData("\"a text\"", "a text")]
    [InlineData("[\"\\ud800\"]", "['?']")]
    [InlineData("[NaN]", "[nan]")]
    [InlineData("{\"a\":1}", "{'a': 1}")]
    [InlineData("[[1,2]]", "[1, 2]")]
    public void Message_OfRemoteError_ReadsAsPythonShowsIt(string arguments, string message) =>
        new RemoteError("ValueError", Json.Bytes(arguments), null).Message.Should().Be(message);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"status\":\"SUCCESS\"")]
    [InlineData("{\"status\":\"SUCCESS\",\"task_id\":\"1\"} x")]
    [InlineData("{\"status\":5,\"task_id\":\"1\"}")]
    [InlineData("{\"status\":\"SUCCESS\",\"task_id\":7}")]
    [InlineData("{\"status\":\"\\ud800\",\"task_id\":\"1\"}")]
    [InlineData("{\"\\ud800\":\"SUCCESS\",\"task_id\":\"1\"}")]
    public void Read_NotAResultDocument_IsAFormatError(string document)
    {
        var read = () => ResultDocument.Read(Json.Bytes(document));

        read.Should().Throw<MessageFormatException>().Which.Message.Should().EndWith("]");
    }

    [Theory]
    [InlineData("null", "Exception", "")]
    [InlineData("\"text\"", "Exception", "text")]
    [InlineData("{\"exc_type\":null}", "Exception", "{'exc_type': None}")]
    [InlineData("{\"exc_type\":\"E\",\"exc_message\":null,\"exc_module\":5}", "E", "")]
    public void Read_FailureOfAnotherForm_KeepsWhatItShows(string result, string type, string message)
    {
        var read = ResultDocument.Read(Json.Bytes($$"""{"status":"FAILURE","task_id":"1","result":{{result}}}"""));

        read.Error!.Type.Should().Be(type);
        read.Error.Message.Should().Be(message);
    }

    [Fact]
    public void Read_DeeplyNestedValue_StaysReadable()
    {
        var value = new string('[', 100) + new string(']', 100);

        var read = ResultDocument.Read(Json.Bytes($$"""{"status":"SUCCESS","task_id":"1","result":{{value}}}"""));

        Json.Text(read.Value).Should().Be(value);
    }
}
