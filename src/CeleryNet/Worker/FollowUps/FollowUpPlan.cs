using CeleryNet.Serialization;
using CeleryNet.Signatures;

namespace CeleryNet.Worker.FollowUps;

/// <summary>What is sent after a task has succeeded, read and with fixed ids before its result is stored, since the result names them.</summary>
internal sealed class FollowUpPlan
{
    /// <summary>Each signature as it was read, for the case that it cannot be sent, and what sends it.</summary>
    internal List<(SignatureDocument Signature, CanvasPlan Plan)> Plans { get; } = [];

    /// <summary>The result tuples of what is sent, as Celery keeps them with the result: a JSON list.</summary>
    /// <param name="own">What the task has sent itself; empty for nothing.</param>
    internal ReadOnlyMemory<byte> Children(ReadOnlyMemory<byte> own)
    {
        if (Plans.Count == 0) return own;
        using var buffer = WireBuffer.Rent();
        buffer.Json.WriteStartArray();
        foreach (var child in JsonParts.Split(own)) buffer.Json.WriteRawValue(child.Span, skipInputValidation: true);
        foreach (var (_, plan) in Plans) plan.Result.Root.Write(buffer.Json); // what starts now: the first step of a chain, the header of a chord
        buffer.Json.WriteEndArray();
        buffer.Flush();
        return buffer.Span.ToArray();
    }
}
