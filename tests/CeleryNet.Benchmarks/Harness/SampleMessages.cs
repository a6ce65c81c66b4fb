using CeleryNet.Messages;
using CeleryNet.Serialization;

namespace CeleryNet.Benchmarks.Harness;

/// <summary>The message everything is measured with: <c>bench.add(1, 2)</c>, protocol 2, persistent.</summary>
internal static class SampleMessages
{
    internal const string TaskName = "bench.add";

    internal static readonly byte[] Body = """[[1,2],{},{"callbacks":null,"errbacks":null,"chain":null,"chord":null}]"""u8.ToArray();

    /// <summary>A message with a new id.</summary>
    internal static TaskMessage Create(string? replyTo = null)
    {
        var id = TaskId.New();
        return new TaskMessage
        {
            Language = "cs",
            TaskName = TaskName,
            Id = id,
            RootId = id,
            CorrelationId = id,
            ReplyTo = replyTo,
            ArgsRepr = "(1, 2)",
            KwargsRepr = "{}",
            Origin = "gen1234@bench",
            IgnoreResult = false,
            ContentType = TaskMessage.JsonContentType,
            ContentEncoding = TaskMessage.Utf8ContentEncoding,
            Body = Body,
        };
    }

    /// <summary>Envelopes as Redis carries them, each with an id of its own.</summary>
    internal static byte[][] Envelopes(int count, string queue)
    {
        var all = new byte[count][];
        for (var i = 0; i < count; i++)
        {
            using var buffer = WireBuffer.Rent();
            Envelope.Write(buffer.Json, Create(), "", queue, TaskId.NewGuid());
            buffer.Flush();
            all[i] = buffer.Span.ToArray();
        }

        return all;
    }
}
