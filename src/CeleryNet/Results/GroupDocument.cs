using System.Text.Json;
using CeleryNet.Diagnostics;
using CeleryNet.Serialization;

namespace CeleryNet.Results;

/// <summary>What is kept of a group under its own id: <c>{"result": tuple}</c>. Celery protocol, group results.</summary>
public static class GroupDocument
{
    /// <summary>The document of a group's result tuple.</summary>
    public static byte[] Write(ReadOnlySpan<byte> tuple) => [.. "{\"result\": "u8, .. tuple, (byte)'}'];

    /// <summary>The result tuple in a document.</summary>
    /// <param name="json">The document; the tuple is a part of it.</param>
    /// <exception cref="MessageFormatException">It is no such document.</exception>
    public static ReadOnlyMemory<byte> Read(ReadOnlyMemory<byte> json) =>
        JsonDialect.Parse(json, 0, static (json, _) => Parse(json), ErrorCodes.BadMessage, "the document of a group");

    private static ReadOnlyMemory<byte> Parse(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = 256 });
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isResult = reader.ValueTextEquals("result"u8);
                reader.Read();
                if (isResult) return ResultDocument.Slice(json, ref reader);
                reader.Skip();
            }
        }

        throw new MessageFormatException(ErrorCodes.BadMessage, "the document of a group has no field 'result'");
    }
}
