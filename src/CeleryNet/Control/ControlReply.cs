using System.Text.Json;

namespace CeleryNet;

/// <summary>What one worker replied to a remote control request.</summary>
/// <param name="Value">The reply as it came.</param>
public readonly record struct ControlReply(JsonElement Value)
{
    /// <summary>What went wrong in the worker, in its words, such as <c>unknown task</c> or <c>KeyError('no_such_command')</c>; <c>null</c> when it did what it was told.</summary>
    public string? Error => Text("error"u8);

    /// <summary>What the worker says it did, such as <c>pool will grow</c>; <c>null</c> when it says nothing.</summary>
    public string? Message => Text("ok"u8);

    /// <summary>True when the worker did what it was told.</summary>
    public bool IsOk => Error is null;

    /// <inheritdoc/>
    public override string ToString() => Error ?? Message ?? (Value.ValueKind == JsonValueKind.Undefined ? "" : Value.GetRawText());

    internal static Dictionary<string, ControlReply> ByNode(List<KeyValuePair<string, JsonElement>> replies)
    {
        var byNode = new Dictionary<string, ControlReply>(StringComparer.Ordinal);
        foreach (var (node, reply) in replies) byNode.TryAdd(node, new ControlReply(reply)); // the first one, where two workers have one name
        return byNode;
    }

    private string? Text(ReadOnlySpan<byte> property) =>
        Value.ValueKind == JsonValueKind.Object && Value.TryGetProperty(property, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
