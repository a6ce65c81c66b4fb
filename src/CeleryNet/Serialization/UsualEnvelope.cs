using System.Buffers.Text;
using CeleryNet.Messages;

namespace CeleryNet.Serialization;

/// <summary>
/// Writes the envelope of a usual message, which is one without times, limits, stamps and headers of its own and with texts in plain ASCII: the same bytes as
/// <see cref="Envelope"/>, without asking at each of the 30 fields.
/// </summary>
internal static class UsualEnvelope
{
    private const int FixedBytes = 640; // all names, punctuation, numbers and the tag, with room to spare; a test writes the longest

    /// <returns>False, with nothing written, when the message is not a usual one.</returns>
    internal static bool TryWrite(WireBuffer buffer, TaskMessage message, string exchange, string routingKey, Guid deliveryTag)
    {
        if (message is not
            {
                Eta: null, Expires: null, Expiration: null, TimeLimit: null, SoftTimeLimit: null, ReplacedTaskNesting: 0, StampedHeaders: null, Stamps: null, Compression: null,
                CustomHeaders: null,
            })
        {
            return false;
        }

        var contentEncoding = message.ContentEncoding ?? TaskMessage.Utf8ContentEncoding;
        var contentType = message.ContentType ?? TaskMessage.JsonContentType;
        var size = FixedBytes + Base64.GetMaxEncodedToUtf8Length(message.Body.Length);
        ReadOnlySpan<string?> texts =
        [
            contentEncoding, contentType, message.Language, message.TaskName, message.Id, message.Shadow, message.GroupId, message.RootId, message.ParentId, message.ArgsRepr,
            message.KwargsRepr, message.Origin, message.CorrelationId, message.ReplyTo, exchange, routingKey,
        ];
        foreach (var text in texts)
        {
            if (!PlainJson.IsPlain(text)) return false;
            size += text?.Length ?? 0;
        }

        var span = buffer.GetSpan(size);
        var writer = new PlainJson(span);
        writer.Raw("{\"body\":\""u8);
        writer.Encoded(message.Body.Span);
        writer.Text("\",\"content-encoding\":"u8, contentEncoding);
        writer.Text(",\"content-type\":"u8, contentType);
        writer.Text(",\"headers\":{\"lang\":"u8, message.Language);
        writer.Text(",\"task\":"u8, message.TaskName);
        writer.Text(",\"id\":"u8, message.Id);
        writer.Text(",\"shadow\":"u8, message.Shadow);
        writer.Text(",\"eta\":null,\"expires\":null,\"group\":"u8, message.GroupId);
        writer.Raw(",\"group_index\":"u8);
        if (message.GroupIndex is { } index) writer.Number(index);
        else writer.Raw("null"u8);
        writer.Raw(",\"retries\":"u8);
        writer.Number(message.Retries);
        writer.Text(",\"timelimit\":[null,null],\"root_id\":"u8, message.RootId);
        writer.Text(",\"parent_id\":"u8, message.ParentId);
        writer.Text(",\"argsrepr\":"u8, message.ArgsRepr);
        writer.Text(",\"kwargsrepr\":"u8, message.KwargsRepr);
        writer.Text(",\"origin\":"u8, message.Origin);
        writer.Raw(message.IgnoreResult == true ? ",\"ignore_result\":true}"u8 : ",\"ignore_result\":false}"u8);
        writer.Text(",\"properties\":{\"correlation_id\":"u8, message.CorrelationId);
        writer.Text(",\"reply_to\":"u8, message.ReplyTo ?? "");
        writer.Raw(message.IsPersistent ? ",\"delivery_mode\":2"u8 : ",\"delivery_mode\":1"u8);
        writer.Text(",\"delivery_info\":{\"exchange\":"u8, exchange);
        writer.Text(",\"routing_key\":"u8, routingKey);
        writer.Raw("},\"priority\":"u8);
        writer.Number(message.Priority);
        writer.Raw(",\"body_encoding\":\"base64\",\"delivery_tag\":\""u8);
        writer.Id(deliveryTag);
        writer.Raw("\"}}"u8);
        buffer.Advance(writer.Count);
        return true;
    }
}
