using System.Text;
using CeleryNet.Messages;

namespace CeleryNet.Serialization;

/// <summary>What an envelope held.</summary>
/// <param name="Message">The message.</param>
public readonly record struct EnvelopeContent(TaskMessage Message)
{
    /// <summary>Exchange it was published to; empty for the default one.</summary>
    public string Exchange { get; init; } = "";

    /// <summary>Routing key it was published with.</summary>
    public string RoutingKey { get; init; } = "";

    /// <summary>The sender's delivery tag; <c>null</c> when absent.</summary>
    public string? DeliveryTag => HasTag ? Encoding.UTF8.GetString(Tag.Span) : null;

    /// <summary>True when it was restored after a worker died or gave it back.</summary>
    public bool IsRedelivered { get; init; }

    // Workers choose tags of their own, so the sender's becomes a string only for who asks.
    internal ReadOnlyMemory<byte> Tag { get; init; }

    internal bool HasTag { get; init; }

    /// <summary>True when the body was base64, else it was the text itself.</summary>
    internal bool IsBase64 { get; init; }
}
