namespace CeleryNet.Events;

/// <summary>What a worker does, as its heartbeat tells.</summary>
/// <param name="Active">How many tasks run.</param>
/// <param name="Processed">How many have started since the worker did.</param>
internal readonly record struct WorkerLoad(int Active, long Processed);
