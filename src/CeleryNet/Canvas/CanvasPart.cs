namespace CeleryNet.Signatures;

/// <summary>What a typed signature is beyond one plain call. Immutable.</summary>
internal sealed record CanvasPart
{
    internal static readonly CanvasPart Plain = new();

    public SignatureKind Kind { get; init; }

    /// <summary>The steps of a chain or the members of a group.</summary>
    public IReadOnlyList<Signature> Members { get; init; } = [];

    /// <summary>Takes nothing from the task before it.</summary>
    public bool IsImmutable { get; init; }

    /// <summary>Sent on success.</summary>
    public IReadOnlyList<Signature> Links { get; init; } = [];

    /// <summary>Sent on failure.</summary>
    public IReadOnlyList<Signature> Errbacks { get; init; } = [];

    /// <summary>Stamps by name; <c>null</c> for none.</summary>
    public IReadOnlyDictionary<string, object?>? Stamps { get; init; }

    /// <summary>The JSON form it was read from; <c>null</c> for one that was made here.</summary>
    public SignatureDocument? Document { get; init; }
}
