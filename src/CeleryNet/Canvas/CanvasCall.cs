namespace CeleryNet.Signatures;

/// <summary>How a signature is sent: what Celery gives to its <c>apply_async</c>. All JSON parts are raw; unset ones are empty.</summary>
internal sealed record CanvasCall
{
    /// <summary>A value that becomes the first positional argument of whatever starts, unless that is immutable: the result of the task before, as JSON.</summary>
    public ReadOnlyMemory<byte> Prefix { get; init; }

    /// <summary>Id of the first task of the workflow; without it the ids decide.</summary>
    public string? RootId { get; init; }

    /// <summary>Id of the task that sends it.</summary>
    public string? ParentId { get; init; }

    /// <summary>What follows its last task: the rest of a chain, a JSON list, last element next.</summary>
    public ReadOnlyMemory<byte> Chain { get; init; }

    /// <summary>Signatures to add to <c>link_error</c>, a JSON list.</summary>
    public ReadOnlyMemory<byte> Errbacks { get; init; }

    /// <summary>Priority where the signature has none.</summary>
    public byte? Priority { get; init; }

    /// <summary>Queue for rpc results where the signature has none.</summary>
    public string? ReplyTo { get; init; }
}
