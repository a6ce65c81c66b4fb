using System.Buffers;
using System.Text.Json;
using CeleryNet.Diagnostics;
using CeleryNet.Serialization;

namespace CeleryNet.Signatures;

/// <summary>
/// Where the result of a canvas will be: Celery's result tuple, <c>[["id", parent], members]</c>. <see cref="Members"/> is <c>null</c> for a task, a list for a group.
/// </summary>
internal sealed class ResultNode(string id, IReadOnlyList<ResultNode>? members = null)
{
    /// <summary>Id of the task or group.</summary>
    internal string Id { get; } = id;

    /// <summary>The members of a group; <c>null</c> for a task.</summary>
    internal IReadOnlyList<ResultNode>? Members { get; } = members;

    /// <summary>What ran before: the step before in a chain, the header of a chord.</summary>
    internal ResultNode? Parent { get; set; }

    internal bool IsGroup => Members is not null;

    /// <summary>The first of all that run before, or this one.</summary>
    internal ResultNode Root
    {
        get
        {
            var node = this;
            while (node.Parent is { } parent) node = parent;
            return node;
        }
    }

    /// <summary>The task itself, or the tasks of a group and of groups in it.</summary>
    internal IEnumerable<ResultNode> Leaves() => Members is null ? [this] : Members.SelectMany(member => member.Leaves());

    /// <summary>Ids of all its tasks and of those before them, each once.</summary>
    internal IReadOnlyList<string> TaskIds()
    {
        var ids = new List<string>();
        var seen = new HashSet<ResultNode>();
        Collect(this);
        return ids;

        void Collect(ResultNode node)
        {
            if (!seen.Add(node)) return;
            if (node.Members is null) ids.Add(node.Id);
            else foreach (var member in node.Members) Collect(member);
            if (node.Parent is { } parent) Collect(parent);
        }
    }

    /// <summary>As Celery's JSON.</summary>
    internal byte[] ToBytes()
    {
        using var buffer = WireBuffer.Rent();
        Write(buffer.Json);
        buffer.Flush();
        return buffer.Span.ToArray();
    }

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        writer.WriteStartArray();
        writer.WriteStringValue(Id);
        if (Parent is null) writer.WriteNullValue();
        else Parent.Write(writer);
        writer.WriteEndArray();
        if (Members is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            writer.WriteStartArray();
            foreach (var member in Members) member.Write(writer);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    /// <summary>Reads a result tuple.</summary>
    /// <exception cref="MessageFormatException">It is none.</exception>
    internal static ResultNode Read(ReadOnlyMemory<byte> json) => JsonDialect.Parse(json, 0, static (json, _) => Parse(json), ErrorCodes.BadMessage, "a result tuple");

    private static ResultNode Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 256 });
        return Parse(document.RootElement);
    }

    private static ResultNode Parse(JsonElement tuple)
    {
        if (tuple.ValueKind != JsonValueKind.Array || tuple.GetArrayLength() != 2) throw Bad();
        var (own, nodes) = (tuple[0], tuple[1]);
        var (id, parent) = own.ValueKind == JsonValueKind.Array && own.GetArrayLength() == 2 ? (own[0], own[1]) : (own, default);
        if (id.ValueKind != JsonValueKind.String) throw Bad();
        var members = nodes.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.Array => nodes.EnumerateArray().Select(Parse).ToList(),
            _ => throw Bad(),
        };
        return new ResultNode(id.GetString()!, members) { Parent = parent.ValueKind == JsonValueKind.Array ? Parse(parent) : null }; // a text, seen above
    }

    private static MessageFormatException Bad() => new(ErrorCodes.BadMessage, "a result tuple is not [[id, parent], members]");
}
