namespace CeleryNet.Serialization;

/// <summary>A message that is no task, as an envelope carries it.</summary>
/// <param name="Headers">Headers; values as <see cref="Messages.TaskMessage.CustomHeaders"/> says.</param>
/// <param name="Body">The body as it travels.</param>
public readonly record struct PlainContent(IReadOnlyDictionary<string, object?> Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>Property <c>content_type</c>; <c>null</c> when absent.</summary>
    public string? ContentType { get; init; }

    /// <summary>Property <c>content_encoding</c>; <c>null</c> when absent.</summary>
    public string? ContentEncoding { get; init; }

    /// <summary>Property <c>delivery_mode</c>: true is 2, false 1.</summary>
    public bool IsPersistent { get; init; } = true;

    /// <summary>Exchange it was published to.</summary>
    public string Exchange { get; init; } = "";

    /// <summary>Routing key it was published with.</summary>
    public string RoutingKey { get; init; } = "";
}
