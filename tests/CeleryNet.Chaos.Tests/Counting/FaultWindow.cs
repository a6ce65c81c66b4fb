namespace CeleryNet.Chaos.Tests.Counting;

/// <summary>From the start of a fault to the moment when process, port or network is back.</summary>
public readonly record struct FaultWindow(DateTimeOffset Start, DateTimeOffset End);
