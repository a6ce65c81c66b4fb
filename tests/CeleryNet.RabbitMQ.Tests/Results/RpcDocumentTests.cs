using System.Text;
using System.Text.Json;
using CeleryNet.RabbitMQ.Publishing;
using CeleryNet.RabbitMQ.Results;
using CeleryNet.Results;
using CeleryNet.Serialization;
using RabbitMQ.Client;

namespace CeleryNet.RabbitMQ.Tests.Results;

/// <summary>Replies as Python Celery 5.2.6 sent them, read and written again: the same fields, in the same order, with the same values.</summary>
public sealed class RpcDocumentTests
{
    [Theory]
    [InlineData("{\"task_id\": \"d499259f\", \"status\": \"SUCCESS\", \"result\": 5, \"traceback\": null, \"children\": []}")]
    [InlineData("{\"task_id\": \"07aedd4e\", \"status\": \"STARTED\", \"result\": {\"pid\": 12864, \"hostname\": \"w2@host\"}, \"traceback\": null, \"children\": []}")]
    [InlineData("{\"task_id\": \"28edf8ef\", \"status\": \"FAILURE\", \"result\": {\"exc_type\": \"ValueError\", \"exc_message\": [\"bad value\", 42], \"exc_module\": \"builtins\"}, \"traceback\": \"Traceback\\n\", \"children\": []}")]
    [InlineData("{\"task_id\": \"0574a72c\", \"status\": \"RETRY\", \"result\": {\"exc_type\": \"ValueError\", \"exc_message\": [\"try again\"], \"exc_module\": \"builtins\"}, \"traceback\": \"T\", \"children\": [[[\"0574a72c\", null], null]]}")]
    public void Write_ReplyOfPython_IsTheSameAgain(string reply)
    {
        var result = ResultDocument.Read(Encoding.UTF8.GetBytes(reply));
        using var buffer = WireBuffer.Rent();

        ResultDocument.WriteReply(buffer.Json, result);
        buffer.Flush();

        Compact(buffer.Memory).Should().Be(Compact(Encoding.UTF8.GetBytes(reply)));
    }

    [Fact]
    public void OfReply_Properties_AreThoseOfPython()
    {
        IAmqpWriteable properties = MessageProperties.OfReply("id-1");
        var bytes = new byte[properties.GetRequiredBufferSize()];

        properties.WriteTo(bytes);

        // Flags for type, encoding, headers, mode, priority, correlation id; no headers; transient; priority 0.
        var expected = (byte[])[0b1111_1100, 0, 16, .. "application/json"u8, 5, .. "utf-8"u8, 0, 0, 0, 0, 1, 0, 4, .. "id-1"u8];
        bytes.Should().Equal(expected);
    }

    private static string Compact(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonSerializer.Serialize(document.RootElement);
    }
}
