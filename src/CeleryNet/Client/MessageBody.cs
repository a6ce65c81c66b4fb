using System.Buffers;
using System.Text.Json;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using CeleryNet.Signatures;
using CeleryNet.Tasks;

namespace CeleryNet.Client;

/// <summary>Writes the body of a call: <c>[[args], {kwargs}, {embed}]</c>. Celery message protocol 2, body.</summary>
internal static class MessageBody
{
    /// <summary>Appends the body to <paramref name="buffer"/>, sets what shows its arguments on <paramref name="message"/>, and returns where it begins.</summary>
    /// <exception cref="MessageFormatException">An argument cannot be written, or the body is deeper or larger than a worker accepts.</exception>
    internal static int Write(TaskMessage message, TaskArguments arguments, WireBuffer buffer, WireOptions options)
    {
        var task = message.TaskName!; // the caller has set it
        var start = buffer.Count;
        try
        {
            buffer.Write("["u8);
            var positional = buffer.Count;
            buffer.Json.WriteStartArray();
            arguments.WritePositional(new ArgumentWriter(buffer.Json, options));
            buffer.Json.WriteEndArray();
            buffer.Flush();
            message.ArgsRepr = PythonRepr.OfTuple(buffer.Span[positional..]);

            buffer.Write(","u8);
            var keyword = buffer.Count;
            buffer.Json.WriteStartObject();
            arguments.WriteKeyword(new ArgumentWriter(buffer.Json, options));
            buffer.Json.WriteEndObject();
            buffer.Flush();
            message.KwargsRepr = PythonRepr.Of(buffer.Span[keyword..]);

            buffer.Write(""",{"callbacks":null,"errbacks":null,"chain":null,"chord":null}]"""u8);
        }
        catch (MessageFormatException error)
        {
            throw CallError.Value(task, $"an argument cannot be written: {error.Reason}", error);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException) // too deep, or text that is not Unicode
        {
            throw CallError.Value(task, $"an argument cannot be written: {error.Message}", error);
        }

        CheckDepth(task, buffer.Span[start..], options);
        return start;
    }

    /// <summary>Appends the body of a task of a canvas: arguments as they stand, and what follows the task.</summary>
    /// <exception cref="MessageFormatException">The body is deeper than a worker accepts.</exception>
    internal static int Write(TaskMessage message, SignatureDocument task, WireBuffer buffer, WireOptions options)
    {
        var start = buffer.Count;
        message.ArgsRepr = PythonRepr.OfTuple(task.Arguments.Span);
        message.KwargsRepr = PythonRepr.Of(task.Keywords.Span);
        buffer.Write("["u8);
        buffer.Write(task.Arguments.Span);
        buffer.Write(","u8);
        buffer.Write(task.Keywords.Span);
        WritePart(buffer, ",{\"callbacks\":"u8, Signatures(task.Options[OptionNames.Link]));
        WritePart(buffer, ",\"errbacks\":"u8, Signatures(task.Options[OptionNames.LinkError]));
        var handedOn = (Start: 0, End: 0);
        if (task.HandedOn.IsEmpty)
        {
            WritePart(buffer, ",\"chain\":"u8, Signatures(task.Options[OptionNames.Chain]));
        }
        else
        {
            buffer.Write(",\"chain\":["u8);
            handedOn.Start = buffer.Count - start;
            buffer.Write(task.HandedOn.Span);
            handedOn.End = buffer.Count - start;
            buffer.Write("]"u8);
        }

        WritePart(buffer, ",\"chord\":"u8, task.Options[OptionNames.Chord]);
        buffer.Write("}]"u8);
        var body = buffer.Span[start..];
        if (!IsFlat(options, body[..handedOn.Start], body[handedOn.End..])) CheckDepth(task.Task, body, options); // what is handed on was received in the same place, and not too deep for that
        return start;
    }

    private static ReadOnlyMemory<byte> Signatures(ReadOnlyMemory<byte> json) => json.Span is [(byte)'{', ..] ? JsonParts.Join([json]) : JsonParts.IsEmptyList(json.Span) ? default : json;

    private static void WritePart(WireBuffer buffer, ReadOnlySpan<byte> name, ReadOnlyMemory<byte> json)
    {
        buffer.Write(name);
        buffer.Write(json.IsEmpty ? "null"u8 : json.Span);
    }

    // As many brackets as levels at most: nearly every body passes here without being parsed.
    private static bool IsFlat(WireOptions options, ReadOnlySpan<byte> part, ReadOnlySpan<byte> other) =>
        part.Count((byte)'[') + part.Count((byte)'{') + other.Count((byte)'[') + other.Count((byte)'{') <= options.MaxDepth;

    private static void CheckDepth(string task, ReadOnlySpan<byte> body, WireOptions options)
    {
        if (IsFlat(options, body, default)) return;
        var depth = JsonDepth.Of(body);
        if (depth > options.MaxDepth)
            throw CallError.Value(task, $"its body is nested {depth} levels deep, more than the limit of {options.MaxDepth} (MaxDepth), so a worker would refuse it");
    }
}
