using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Signatures;

namespace CeleryNet.Worker.FollowUps;

/// <summary>Makes the one argument of a chord's body: the values of the header in its order, and in its structure where that was kept because there are groups in it.</summary>
internal static class ChordJoin
{
    /// <summary>The values of the parts, as a JSON list.</summary>
    internal static ReadOnlyMemory<byte> Flat(IReadOnlyList<TaskResult> parts)
    {
        using var buffer = WireBuffer.Rent();
        buffer.Json.WriteStartArray();
        foreach (var part in parts) WriteValue(buffer, part.Value);
        buffer.Json.WriteEndArray();
        buffer.Flush();
        return buffer.Span.ToArray();
    }

    /// <summary>The values in the structure of the group.</summary>
    /// <param name="group">The kept header.</param>
    /// <param name="values">Values by task id.</param>
    internal static ReadOnlyMemory<byte> Nested(ResultNode group, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> values)
    {
        using var buffer = WireBuffer.Rent();
        Write(buffer, group, values);
        buffer.Flush();
        return buffer.Span.ToArray();
    }

    /// <summary>The ids of the tasks in the structure.</summary>
    internal static IEnumerable<string> Leaves(ResultNode node) => node.Members is { } members ? members.SelectMany(Leaves) : [node.Id];

    private static void Write(WireBuffer buffer, ResultNode node, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> values)
    {
        if (node.Members is null)
        {
            WriteValue(buffer, values[node.Id]);
            return;
        }

        buffer.Json.WriteStartArray();
        foreach (var member in node.Members) Write(buffer, member, values);
        buffer.Json.WriteEndArray();
    }

    private static void WriteValue(WireBuffer buffer, ReadOnlyMemory<byte> value) => buffer.Json.WriteRawValue(value.IsEmpty ? "null"u8 : value.Span, skipInputValidation: true);
}
