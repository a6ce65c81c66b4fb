using System.Text.Json;
using CeleryNet.Diagnostics;
using CeleryNet.Serialization;

namespace CeleryNet.Results;

/// <summary>Celery's result document as JSON. Celery protocol, results, result document.</summary>
public static class ResultDocument
{
    private static readonly JsonEncodedText Status = JsonEncodedText.Encode("status");
    private static readonly JsonEncodedText Result = JsonEncodedText.Encode("result");
    private static readonly JsonEncodedText Traceback = JsonEncodedText.Encode("traceback");
    private static readonly JsonEncodedText Children = JsonEncodedText.Encode("children");
    private static readonly JsonEncodedText DateDone = JsonEncodedText.Encode("date_done");
    private static readonly JsonEncodedText TaskId = JsonEncodedText.Encode("task_id");
    private static readonly JsonEncodedText GroupId = JsonEncodedText.Encode("group_id");
    private static readonly JsonEncodedText ParentId = JsonEncodedText.Encode("parent_id");
    private static readonly JsonEncodedText ExceptionType = JsonEncodedText.Encode("exc_type");
    private static readonly JsonEncodedText ExceptionMessage = JsonEncodedText.Encode("exc_message");
    private static readonly JsonEncodedText ExceptionModule = JsonEncodedText.Encode("exc_module");

    // Deeper than the values themselves may be, since the document is around them.
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = 256 };

    /// <summary>Writes a document; the caller flushes.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="result">The state.</param>
    public static void Write(Utf8JsonWriter json, TaskResult result)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(result);
        json.WriteStartObject();
        WriteState(json, result);
        if (result.DateDone is { } done)
        {
            // Without zone, as Celery up to 5.3 writes it; every version reads it as UTC.
            Span<byte> text = stackalloc byte[WireTime.Length];
            WireTime.Format(done, text);
            json.WriteString(DateDone, text[..^6]);
        }
        else
        {
            json.WriteNull(DateDone);
        }

        json.WriteString(TaskId, result.TaskId);
        if (result.GroupId is not null) json.WriteString(GroupId, result.GroupId);
        if (result.ParentId is not null) json.WriteString(ParentId, result.ParentId);
        json.WriteEndObject();
    }

    /// <summary>
    /// Writes the shorter document of the rpc backend: the five fields that every released Celery sends, in its order. Celery protocol, results, RPC backend. The caller flushes.
    /// </summary>
    /// <param name="json">Where to.</param>
    /// <param name="result">The state.</param>
    public static void WriteReply(Utf8JsonWriter json, TaskResult result)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(result);
        json.WriteStartObject();
        json.WriteString(TaskId, result.TaskId);
        WriteState(json, result);
        json.WriteEndObject();
    }

    /// <summary>Reads a document.</summary>
    /// <param name="json">The document; parts of it stay referenced by the result.</param>
    /// <exception cref="MessageFormatException">It is not a result document.</exception>
    public static TaskResult Read(ReadOnlyMemory<byte> json) =>
        JsonDialect.Parse(json, 0, static (json, _) => Parse(json), ErrorCodes.BadMessage, "the result document");

    private static TaskResult Parse(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span, ReaderOptions);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw Bad($"the result document is {WireError.Kind(reader.TokenType)}, not an object");

        string? id = null, state = null, traceback = null, group = null, parent = null;
        DateTimeOffset? done = null;
        ReadOnlyMemory<byte> value = default, children = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var property = reader;
            reader.Read();
            if (property.ValueTextEquals(Status.EncodedUtf8Bytes)) state = Text(ref reader);
            else if (property.ValueTextEquals(TaskId.EncodedUtf8Bytes)) id = Text(ref reader);
            else if (property.ValueTextEquals(Traceback.EncodedUtf8Bytes)) traceback = Text(ref reader);
            else if (property.ValueTextEquals(GroupId.EncodedUtf8Bytes)) group = Text(ref reader);
            else if (property.ValueTextEquals(ParentId.EncodedUtf8Bytes)) parent = Text(ref reader);
            else if (property.ValueTextEquals(DateDone.EncodedUtf8Bytes)) done = WireTime.TryParse(Text(ref reader), out var moment) ? moment : null;
            else if (property.ValueTextEquals(Result.EncodedUtf8Bytes)) value = Slice(json, ref reader);
            else if (property.ValueTextEquals(Children.EncodedUtf8Bytes)) children = Slice(json, ref reader);
            else reader.Skip();
        }

        JsonDialect.EnsureEnd(ref reader, "the result document");
        if (id is null || state is null) throw Bad("the result document lacks 'status' or 'task_id'");
        var error = TaskStates.IsException(state) ? ReadError(value) : null;
        return new TaskResult
        {
            TaskId = id,
            State = state,
            Value = error is null ? value : default,
            Error = error,
            Traceback = traceback,
            Children = children,
            DateDone = done,
            GroupId = group,
            ParentId = parent,
        };
    }

    // Anything may stand there, since other languages write it too: whatever has no exc_type is kept as the text it shows.
    internal static RemoteError ReadError(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty) return new RemoteError("Exception", default, null);
        var reader = new Utf8JsonReader(json.Span, ReaderOptions);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) return new RemoteError("Exception", json, null);

        string? type = null, module = null;
        ReadOnlyMemory<byte> message = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var property = reader;
            reader.Read();
            if (property.ValueTextEquals(ExceptionType.EncodedUtf8Bytes)) type = Text(ref reader);
            else if (property.ValueTextEquals(ExceptionModule.EncodedUtf8Bytes)) module = Text(ref reader);
            else if (property.ValueTextEquals(ExceptionMessage.EncodedUtf8Bytes)) message = Slice(json, ref reader);
            else reader.Skip();
        }

        return type is null ? new RemoteError("Exception", json, null) : new RemoteError(type, message, module);
    }

    /// <summary>Writes the field <c>result</c>: the error, or else the value.</summary>
    internal static void WriteValue(Utf8JsonWriter json, TaskResult result)
    {
        if (result.Error is { } error) WriteError(json, error);
        else WriteRaw(json, result.Value, "null"u8);
    }

    private static void WriteState(Utf8JsonWriter json, TaskResult result)
    {
        json.WriteString(Status, result.State);
        json.WritePropertyName(Result);
        WriteValue(json, result);
        json.WriteString(Traceback, result.Traceback);
        json.WritePropertyName(Children);
        WriteRaw(json, result.Children, "[]"u8);
    }

    private static void WriteError(Utf8JsonWriter json, RemoteError error)
    {
        json.WriteStartObject();
        json.WriteString(ExceptionType, error.Type);
        json.WritePropertyName(ExceptionMessage);
        WriteRaw(json, error.Arguments, "[]"u8);
        json.WriteString(ExceptionModule, error.Module);
        json.WriteEndObject();
    }

    private static void WriteRaw(Utf8JsonWriter json, ReadOnlyMemory<byte> value, ReadOnlySpan<byte> otherwise) =>
        json.WriteRawValue(value.IsEmpty ? otherwise : value.Span, skipInputValidation: true);

    private static string? Text(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String) return reader.GetString();
        reader.Skip();
        return null;
    }

    internal static ReadOnlyMemory<byte> Slice(ReadOnlyMemory<byte> json, ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        var isNull = reader.TokenType == JsonTokenType.Null;
        reader.Skip();
        return isNull ? default : json[start..(int)reader.BytesConsumed];
    }

    private static MessageFormatException Bad(string what) => new(ErrorCodes.BadMessage, what);
}
