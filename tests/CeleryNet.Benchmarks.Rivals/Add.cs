namespace CeleryNet.Benchmarks.Rivals;

/// <summary>The message of MassTransit: what <c>bench.add(1, 2)</c> is given.</summary>
public sealed record Add(int X, int Y);
