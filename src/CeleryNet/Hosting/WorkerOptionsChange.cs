using CeleryNet.Worker;

namespace CeleryNet.Hosting;

/// <summary>A change of the worker's options by code; several <c>AddWorker</c> calls add up to one worker.</summary>
internal sealed record WorkerOptionsChange(Action<WorkerOptions> Apply);
