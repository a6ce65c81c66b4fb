using System.Text;
using System.Text.Json;
using CeleryNet.Messages;
using CeleryNet.Serialization;

namespace CeleryNet.Tests.Serialization;

/// <summary>Short ways to write and read JSON in tests.</summary>
internal static class Json
{
    internal static readonly WireOptions Options = new();

    internal static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    internal static string Text(ReadOnlyMemory<byte> json) => Encoding.UTF8.GetString(json.Span);

    internal static JsonElement Element(ReadOnlyMemory<byte> json) => JsonElement.Parse(json.Span);

    internal static string Write(Action<Utf8JsonWriter> write)
    {
        using var buffer = WireBuffer.Rent();
        write(buffer.Json);
        buffer.Flush();
        return Encoding.UTF8.GetString(buffer.Span);
    }

    internal static string Write<T>(T value, WireConverter<T> converter, WireOptions? options = null) => Write(json => converter.Write(json, value, options ?? Options));

    internal static T Read<T>(string json, WireConverter<T> converter) => WireValue.Read(Bytes(json), converter, Options);

    internal static TaskBody Body(string json, TaskMessage? message = null)
    {
        message ??= new TaskMessage { TaskName = "t", Id = "1", ContentType = TaskMessage.JsonContentType };
        message.Body = Bytes(json);
        return TaskBody.Read(message, Options);
    }

    /// <summary>A whole envelope around the parts.</summary>
    internal static byte[] Envelope(string headers = "{\"task\":\"t\",\"id\":\"1\"}", string body = "[[],{},{}]", string? properties = null) => Bytes(
        $$"""
        {"body":"{{Convert.ToBase64String(Bytes(body))}}","content-encoding":"utf-8","content-type":"application/json","headers":{{headers}},
         "properties":{{properties ?? """{"correlation_id":"1","reply_to":"r","delivery_mode":2,"delivery_info":{"exchange":"","routing_key":"celery"},"priority":0,"body_encoding":"base64","delivery_tag":"d"}"""}}}
        """);
}
