namespace CeleryNet.SourceGenerator.Reading;

/// <summary>A scheme that a referenced package serves.</summary>
/// <param name="Registry"><c>BrokerSchemes</c> or <c>ResultSchemes</c>, fully qualified.</param>
/// <param name="Scheme">The scheme.</param>
/// <param name="Factory">The factory's type, fully qualified.</param>
internal sealed record SchemeModel(string Registry, string Scheme, string Factory);
