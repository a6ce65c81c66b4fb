using System.Buffers;
using System.Text;
using System.Text.Json;
using CeleryNet.Diagnostics;
using CeleryNet.Serialization;

namespace CeleryNet.Results;

/// <summary>
/// A part of a chord as Celery's Redis backend keeps it: <c>[1, "id", "STATE", result]</c>. In Python's own spelling, so that the same member counted by Python and by C# is one element of the set.
/// </summary>
public static class ChordElement
{
    /// <summary>The part as bytes.</summary>
    public static byte[] Write(TaskResult part)
    {
        ArgumentNullException.ThrowIfNull(part);
        using var buffer = WireBuffer.Rent();
        buffer.Json.WriteStartArray();
        buffer.Json.WriteNumberValue(1);
        buffer.Json.WriteStringValue(part.TaskId);
        buffer.Json.WriteStringValue(part.State);
        ResultDocument.WriteValue(buffer.Json, part);
        buffer.Json.WriteEndArray();
        buffer.Flush();
        return InPython(buffer.Span);
    }

    /// <summary>The id of a task as it stands in an element, with its quotes.</summary>
    public static byte[] IdText(string taskId)
    {
        using var buffer = WireBuffer.Rent();
        buffer.Json.WriteStringValue(taskId);
        buffer.Flush();
        return InPython(buffer.Span);
    }

    /// <summary>Reads a part.</summary>
    /// <param name="json">The element; parts of it stay referenced by the result.</param>
    /// <exception cref="MessageFormatException">It is no such element.</exception>
    public static TaskResult Read(ReadOnlyMemory<byte> json) =>
        JsonDialect.Parse(json, 0, static (json, _) => Parse(json), ErrorCodes.BadMessage, "the part of a chord");

    private static TaskResult Parse(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = 256 });
        var isWhole = reader.Read() && reader.TokenType == JsonTokenType.StartArray && reader.Read() && reader.TokenType == JsonTokenType.Number;
        var id = isWhole && reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        var state = id is not null && reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        if (id is null || state is null || !reader.Read() || reader.TokenType == JsonTokenType.EndArray)
            throw new MessageFormatException(ErrorCodes.BadMessage, $"a part of a chord is not [1, id, state, result]: {Printable.Limit(Encoding.UTF8.GetString(json.Span[..Math.Min(json.Length, 100)]))}");
        var value = ResultDocument.Slice(json, ref reader);
        reader.Read();
        JsonDialect.EnsureEnd(ref reader, "the part of a chord");
        var error = TaskStates.IsException(state) ? ResultDocument.ReadError(value) : null;
        return new TaskResult { TaskId = id, State = state, Value = error is null ? value : default, Error = error };
    }

    private static byte[] InPython(ReadOnlySpan<byte> json)
    {
        var output = new ArrayBufferWriter<byte>(json.Length + 16);
        PythonJson.Write(json, output);
        return output.WrittenSpan.ToArray();
    }
}
