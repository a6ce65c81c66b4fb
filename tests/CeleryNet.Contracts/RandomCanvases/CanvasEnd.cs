namespace CeleryNet.Contracts.RandomCanvases;

/// <summary>How a part of a canvas ends.</summary>
/// <param name="Value">Its value as text; <c>null</c> when it did not succeed.</param>
/// <param name="IsRevoked">True when it was given up without an error, so that no error callback is called.</param>
public readonly record struct CanvasEnd(string? Value, bool IsRevoked = false)
{
    /// <summary>It failed.</summary>
    public static CanvasEnd Failed => default;

    /// <summary>It was given up.</summary>
    public static CanvasEnd Revoked => new(null, IsRevoked: true);

    /// <summary>It succeeded.</summary>
    public bool IsSuccess => Value is not null;
}
