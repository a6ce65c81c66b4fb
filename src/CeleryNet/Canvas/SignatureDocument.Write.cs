using System.Buffers;
using CeleryNet.Serialization;

namespace CeleryNet.Signatures;

internal sealed partial class SignatureDocument
{
    /// <summary>Appends the JSON to <paramref name="buffer"/>, whose JSON writer is not in use.</summary>
    internal void Write(WireBuffer buffer)
    {
        Field(buffer, "{\"task\":"u8, JsonParts.Text(Task).Span);
        Field(buffer, ",\"args\":"u8, Arguments.Span);
        buffer.Write(",\"kwargs\":"u8);
        if (Kind == SignatureKind.Task) buffer.Write(Keywords.Span);
        else WriteParts(buffer);
        buffer.Write(",\"options\":"u8);
        Options.Write(buffer);
        Field(buffer, ",\"subtask_type\":"u8, TypeName);
        Field(buffer, ",\"immutable\":"u8, IsImmutable ? "true"u8 : "false"u8);
        foreach (var (name, value) in OtherFields)
        {
            buffer.Write(","u8);
            JsonParts.WriteName(buffer, name);
            buffer.Write(value.Span);
        }

        buffer.Write("}"u8);
    }

    private ReadOnlySpan<byte> TypeName => Kind switch
    {
        SignatureKind.Chain => "\"chain\""u8,
        SignatureKind.Group => "\"group\""u8,
        SignatureKind.Chord => "\"chord\""u8,
        _ => "null"u8,
    };

    private void WriteParts(WireBuffer buffer)
    {
        buffer.Write("{"u8);
        foreach (var (name, value) in OtherKeywords)
        {
            JsonParts.WriteName(buffer, name);
            buffer.Write(value.Span);
            buffer.Write(","u8);
        }

        if (Kind == SignatureKind.Chord) WriteChord(buffer);
        else WriteList(buffer, "\"tasks\":"u8);
        buffer.Write("}"u8);
    }

    private void WriteChord(WireBuffer buffer)
    {
        if (!OtherKeywords.Has("kwargs")) buffer.Write("\"kwargs\":{},"u8); // Python reads it without asking whether it is there
        if (HasBareHeader)
        {
            WriteList(buffer, "\"header\":"u8);
        }
        else
        {
            buffer.Write("\"header\":{\"task\":\"celery.group\",\"args\":[],\"kwargs\":{"u8);
            WriteList(buffer, "\"tasks\":"u8);
            buffer.Write("},\"options\":"u8);
            HeaderOptions.Write(buffer);
            buffer.Write(",\"subtask_type\":\"group\",\"immutable\":false}"u8);
        }

        buffer.Write(",\"body\":"u8);
        if (Body is null) buffer.Write("null"u8);
        else Body.Write(buffer);
    }

    private void WriteList(WireBuffer buffer, ReadOnlySpan<byte> name)
    {
        buffer.Write(name);
        buffer.Write("["u8);
        for (var i = 0; i < Members.Count; i++)
        {
            if (i > 0) buffer.Write(","u8);
            Members[i].Write(buffer);
        }

        buffer.Write("]"u8);
    }

    private static void Field(WireBuffer buffer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        buffer.Write(name);
        buffer.Write(value);
    }
}
