namespace CeleryNet;

/// <summary>The call a routing function decides about.</summary>
public readonly struct RouteCall
{
    internal RouteCall(Signature signature) => Signature = signature;

    /// <summary>Wire name of the task.</summary>
    public string Name => Signature.Name;

    /// <summary>The call.</summary>
    public Signature Signature { get; }
}
