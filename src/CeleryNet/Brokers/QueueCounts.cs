namespace CeleryNet.Brokers;

/// <summary>How many messages of a queue are where.</summary>
/// <param name="Ready">Ready to be delivered.</param>
/// <param name="Held">Delivered to workers and not settled, those included that workers hold until they are due; <c>null</c> when the broker cannot tell.</param>
/// <param name="Delayed">Kept by the broker until they are due; <c>null</c> when it cannot tell.</param>
public readonly record struct QueueCounts(long Ready, long? Held, long? Delayed);
