using System.Text.Json;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;

namespace CeleryNet.Serialization;

/// <summary>Bodies of protocol 1: one object that holds arguments and headers. Also the hybrid: such a body under protocol 2 headers, which then win.</summary>
internal static class ProtocolOne
{
    internal static TaskBody Parse(ReadOnlyMemory<byte> json, TaskMessage message, bool isHybrid, ref Utf8JsonReader reader)
    {
        var body = new TaskBody();
        string? group = null, taskset = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Converters.WireText.Read(ref reader);
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null) continue;
            switch (name)
            {
                case "args": body = body with { Arguments = TaskBody.Part(json, ref reader, JsonTokenType.StartArray, "args", "a list") }; break;
                case "kwargs": body = body with { KeywordArguments = TaskBody.Part(json, ref reader, JsonTokenType.StartObject, "kwargs", "an object") }; break;
                case "callbacks": body = body with { Callbacks = TaskBody.Part(json, ref reader, JsonTokenType.StartArray, "callbacks", "a list") }; break;
                case "errbacks": body = body with { Errbacks = TaskBody.Part(json, ref reader, JsonTokenType.StartArray, "errbacks", "a list") }; break;
                case "chord": body = body with { Chord = TaskBody.Part(json, ref reader, JsonTokenType.StartObject, "chord", "an object") }; break;
                case "taskset": taskset = HeaderReader.Text(ref reader, "taskset"); break;
                case "group": group = HeaderReader.Text(ref reader, "group"); break;
                case TaskHeaders.TaskName or TaskHeaders.Id or TaskHeaders.Retries or TaskHeaders.Eta or TaskHeaders.Expires or TaskHeaders.TimeLimit or TaskHeaders.GroupIndex
                    when !isHybrid:
                    HeaderReader.ReadKnown(message, name, ref reader); break;
                default: reader.Skip(); break;
            }
        }

        if (isHybrid) return body;
        message.GroupId = taskset ?? group;
        message.RootId ??= message.Id;
        return message.TaskName is not null
            ? body
            : throw new MessageFormatException(ErrorCodes.BadMessage, "it has no header 'task' and its body has no 'task' either, so it is not a task message");
    }
}
