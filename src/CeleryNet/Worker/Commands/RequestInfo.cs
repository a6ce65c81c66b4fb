using System.Text.Json;
using CeleryNet.Control;
using CeleryNet.Serialization;

namespace CeleryNet.Worker.Commands;

/// <summary>Writes a task as Celery's <c>Request.info()</c> shows it.</summary>
internal sealed class RequestInfo(string nodeName, TimeProvider time)
{
    // Tasks with large arguments would make a reply that no broker carries and that fills the memory: beyond this, arguments are shown as their shortened text.
    private const int FullBytes = 1024 * 1024;

    /// <summary>Writes one.</summary>
    /// <param name="reply">Where to.</param>
    /// <param name="request">The task.</param>
    /// <param name="isActive">True when it runs.</param>
    /// <param name="isSafe">True: arguments are shown as text.</param>
    internal void Write(Utf8JsonWriter reply, TaskRequest request, bool isActive, bool isSafe = false)
    {
        var message = request.Message;
        var body = request.Body;
        isSafe |= reply.BytesCommitted + reply.BytesPending + body.Arguments.Length + body.KeywordArguments.Length > FullBytes;
        reply.WriteStartObject();
        reply.WriteString("id"u8, message.Id);
        reply.WriteString("name"u8, message.DisplayName);
        reply.WritePropertyName("args"u8);
        WriteArguments(reply, body.Arguments, isSafe ? message.ArgsRepr ?? PythonRepr.OfTuple(body.Arguments.Span) : null, "[]"u8);
        reply.WritePropertyName("kwargs"u8);
        WriteArguments(reply, body.KeywordArguments, isSafe ? message.KwargsRepr ?? PythonRepr.Of(body.KeywordArguments.Span) : null, "{}"u8);
        reply.WriteString("type"u8, message.TaskName);
        reply.WriteString("hostname"u8, nodeName);
        reply.WritePropertyName("time_start"u8);
        if (isActive) reply.WriteSeconds((time.GetUtcNow() - time.GetElapsedTime(request.Start) - DateTimeOffset.UnixEpoch).TotalSeconds);
        else reply.WriteNullValue();
        reply.WriteBoolean("acknowledged"u8, request.IsSettled);
        reply.WriteStartObject("delivery_info"u8);
        reply.WriteString("exchange"u8, request.Delivery.Exchange);
        reply.WriteString("routing_key"u8, request.Delivery.RoutingKey);
        reply.WriteNumber("priority"u8, message.Priority);
        reply.WriteBoolean("redelivered"u8, request.Delivery.IsRedelivered);
        reply.WriteEndObject();
        reply.WritePropertyName("worker_pid"u8);
        if (isActive) reply.WriteNumberValue(Environment.ProcessId);
        else reply.WriteNullValue();
        reply.WriteEndObject();
    }

    private static void WriteArguments(Utf8JsonWriter reply, ReadOnlyMemory<byte> json, string? text, ReadOnlySpan<byte> none)
    {
        if (text is not null) reply.WriteStringValue(text);
        else reply.WriteRawValue(json.IsEmpty ? none : json.Span, skipInputValidation: true); // parsed when it was received
    }
}
