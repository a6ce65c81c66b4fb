namespace CeleryNet.Brokers;

/// <summary>A permit of a concurrency in somebody's hands.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Holder">Who holds it: a text that nobody else uses.</param>
public readonly record struct PermitLease(string Key, string Holder);
