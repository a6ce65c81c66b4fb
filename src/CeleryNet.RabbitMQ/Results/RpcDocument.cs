using System.Text.Json;
using CeleryNet.Results;

namespace CeleryNet.RabbitMQ.Results;

/// <summary>
/// The result document of the rpc backend, with the five fields that every released Celery sends, in its order. Celery protocol, results, RPC backend.
/// </summary>
internal static class RpcDocument
{
    private static readonly JsonEncodedText TaskId = JsonEncodedText.Encode("task_id");
    private static readonly JsonEncodedText Status = JsonEncodedText.Encode("status");
    private static readonly JsonEncodedText Result = JsonEncodedText.Encode("result");
    private static readonly JsonEncodedText Traceback = JsonEncodedText.Encode("traceback");
    private static readonly JsonEncodedText Children = JsonEncodedText.Encode("children");
    private static readonly JsonEncodedText ExceptionType = JsonEncodedText.Encode("exc_type");
    private static readonly JsonEncodedText ExceptionMessage = JsonEncodedText.Encode("exc_message");
    private static readonly JsonEncodedText ExceptionModule = JsonEncodedText.Encode("exc_module");

    internal static void Write(Utf8JsonWriter json, TaskResult result)
    {
        json.WriteStartObject();
        json.WriteString(TaskId, result.TaskId);
        json.WriteString(Status, result.State);
        json.WritePropertyName(Result);
        if (result.Error is { } error) WriteError(json, error);
        else WriteRaw(json, result.Value, "null"u8);
        json.WriteString(Traceback, result.Traceback);
        json.WritePropertyName(Children);
        WriteRaw(json, result.Children, "[]"u8);
        json.WriteEndObject();
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
}
