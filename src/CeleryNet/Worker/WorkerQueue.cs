namespace CeleryNet;

/// <summary>A queue of a worker.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsPaused">True while the worker starts none of its tasks, since the queue is paused for all workers.</param>
public readonly record struct WorkerQueue(string Name, bool IsPaused);
