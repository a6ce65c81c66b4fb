namespace CeleryNet.Chaos.Tests.Staging;

/// <summary>A message that no client of this library would send.</summary>
/// <param name="Name">What is wrong with it.</param>
public sealed record StrangeMessage(string Name)
{
    /// <summary>The body as it travels.</summary>
    public required byte[] Body { get; init; }

    /// <summary>Its task.</summary>
    public string Task { get; init; } = "chaos.record";

    /// <summary>Its content type.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>Its content encoding.</summary>
    public string ContentEncoding { get; init; } = "utf-8";

    /// <summary>False: odd, but allowed.</summary>
    public bool IsRefused { get; init; } = true;

    /// <summary>Further headers.</summary>
    public IReadOnlyDictionary<string, object?> Headers { get; init; } = new Dictionary<string, object?>();
}
