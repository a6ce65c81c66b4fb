using System.Text;
using CeleryNet.Messages;
using CeleryNet.Serialization;

namespace CeleryNet.Tests.Serialization;

public sealed class UsualEnvelopeTests
{
    private static readonly Guid Tag = Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e");

    public static TheoryData<string> Changes =>
        [.. Cases.Keys];

    private static readonly Dictionary<string, (bool IsUsual, Action<TaskMessage> Change)> Cases = new()
    {
        ["plain"] = (true, _ => { }
        ),
        ["nothing set"] = (true, message =>
        {
            foreach (var property in typeof(TaskMessage).GetProperties().Where(property => property.CanWrite && property.PropertyType == typeof(string))) property.SetValue(message, null);
            message.IgnoreResult = null;
            message.Body = default;
        }
        ),
        ["group"] = (true, message => (message.GroupId, message.GroupIndex) = ("4dfe6b4c-9a9d-4f0b-8d0c-6f1a3a6f0d55", 7)),
        ["shadow"] = (true, message => message.Shadow = "what people see"),
        ["longest numbers"] = (true, message => (message.Retries, message.GroupIndex, message.Priority) = (int.MinValue, int.MinValue, 255)),
        ["ignored, transient"] = (true, message => (message.IgnoreResult, message.IsPersistent) = (true, false)),
        ["quotes of Python"] = (true, message => message.ArgsRepr = "('a', None, <b>&+/)"),
        ["long texts"] = (true, message => (message.ArgsRepr, message.Body) = (new string('x', 100_000), new byte[100_001])),
        ["quote"] = (false, message => message.ArgsRepr = "(\"it's\",)"),
        ["backslash"] = (false, message => message.ArgsRepr = "('\\n',)"),
        ["control"] = (false, message => message.ArgsRepr = "('\u007f',)"),
        ["not ASCII"] = (false, message => message.TaskName = "täsk"),
        ["not Unicode"] = (false, message => message.ArgsRepr = "('\ud83d',)"),
        ["eta"] = (false, message => message.Eta = DateTimeOffset.UnixEpoch),
        ["expires"] = (false, message => message.Expires = DateTimeOffset.UnixEpoch),
        ["expiration"] = (false, message => message.Expiration = TimeSpan.FromSeconds(1)),
        ["time limit"] = (false, message => message.TimeLimit = TimeSpan.FromSeconds(1)),
        ["soft time limit"] = (false, message => message.SoftTimeLimit = TimeSpan.FromSeconds(1)),
        ["nesting"] = (false, message => message.ReplacedTaskNesting = 1),
        ["stamps"] = (false, message => (message.StampedHeaders, message.Stamps) = (["a"], new Dictionary<string, object?> { ["a"] = "b" })),
        ["compression"] = (false, message => message.Compression = "application/x-gzip"),
        ["own header"] = (false, message => message.CustomHeaders = new Dictionary<string, object?> { ["a"] = 1L }),
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void ToArray_AnyMessage_GivesTheBytesOfTheJsonWriter(string name)
    {
        var message = Message();
        var (isUsual, change) = Cases[name];
        change(message);
        using var buffer = WireBuffer.Rent();
        Envelope.Write(buffer.Json, message, "exchange", "some.queue", Tag);
        buffer.Flush();
        using var usual = WireBuffer.Rent();

        Encoding.UTF8.GetString(Envelope.ToArray(message, "exchange", "some.queue", Tag)).Should().Be(Encoding.UTF8.GetString(buffer.Span));
        UsualEnvelope.TryWrite(usual, message, "exchange", "some.queue", Tag).Should().Be(isUsual);
        if (!isUsual) usual.Count.Should().Be(0);
    }

    private static TaskMessage Message()
    {
        var id = TaskId.New();
        return new TaskMessage
        {
            Language = "cs",
            TaskName = "tasks.add",
            Id = id,
            RootId = id,
            ParentId = TaskId.New(),
            CorrelationId = id,
            ReplyTo = "reply",
            ArgsRepr = "(1, 2)",
            KwargsRepr = "{}",
            Origin = "gen1@host",
            IgnoreResult = false,
            Body = """[[1,2],{},{"callbacks":null,"errbacks":null,"chain":null,"chord":null}]"""u8.ToArray(),
        };
    }
}
