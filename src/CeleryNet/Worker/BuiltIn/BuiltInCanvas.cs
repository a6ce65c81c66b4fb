using System.Buffers.Text;
using CeleryNet.Serialization;
using CeleryNet.Signatures;

namespace CeleryNet.Worker.BuiltIn;

/// <summary>What the tasks <c>celery.group</c>, <c>celery.chord</c> and <c>celery.chunks</c> send when a message names them. Celery sends no such messages itself any more.</summary>
internal static class BuiltInCanvas
{
    /// <summary>A group and the first argument of its members.</summary>
    internal static (SignatureDocument Canvas, List<ReadOnlyMemory<byte>> Arguments) Group(TaskBody body)
    {
        var arguments = new BuiltInArguments("group", body, "tasks", "result", "group_id", "partial_args", "add_to_parent");
        var group = SignatureDocument.Group(SignatureDocument.ReadAll(arguments.Required("tasks")));
        group.Options.TrySet(OptionNames.TaskId, JsonParts.ReadText(arguments["group_id"]));
        return (group, JsonParts.Split(arguments["partial_args"]));
    }

    /// <summary>A chord.</summary>
    internal static (SignatureDocument Canvas, List<ReadOnlyMemory<byte>> Arguments) Chord(TaskBody body)
    {
        var arguments = new BuiltInArguments("chord", body, "header", "body", "partial_args", "interval", "countdown", "max_retries", "eager");
        var header = arguments.Required("header");
        var group = header.Span[0] == (byte)'[' ? SignatureDocument.Group(SignatureDocument.ReadAll(header)) : SignatureDocument.Read(header);
        return (SignatureDocument.Chord(group, SignatureDocument.Read(arguments.Required("body"))), JsonParts.Split(arguments["partial_args"]));
    }

    /// <summary>A group of <c>celery.starmap</c>, each with at most <c>n</c> of the items.</summary>
    internal static (SignatureDocument Canvas, List<ReadOnlyMemory<byte>> Arguments) Chunks(TaskBody body)
    {
        var arguments = new BuiltInArguments("chunks", body, "task", "it", "n");
        var task = arguments.Required("task");
        if (!Utf8Parser.TryParse(arguments.Required("n").Span, out int size, out _) || size < 1) throw new TaskArgumentException("chunks() argument 'n' must be a whole number above 0");
        var parts = JsonParts.Split(arguments.Required("it")).Chunk(size).Select(part => StarMap(task, JsonParts.Join(part)));
        return (SignatureDocument.Group(parts), []);
    }

    private static SignatureDocument StarMap(ReadOnlyMemory<byte> task, ReadOnlyMemory<byte> items)
    {
        using var buffer = WireBuffer.Rent();
        buffer.Json.WriteStartObject();
        buffer.Json.WritePropertyName("task");
        buffer.Json.WriteRawValue(task.Span, skipInputValidation: true);
        buffer.Json.WritePropertyName("it");
        buffer.Json.WriteRawValue(items.Span, skipInputValidation: true);
        buffer.Json.WriteEndObject();
        buffer.Flush();
        return new SignatureDocument { Task = "celery.starmap", Keywords = buffer.Span.ToArray(), IsImmutable = true };
    }
}
