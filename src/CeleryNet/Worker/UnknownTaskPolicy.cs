namespace CeleryNet.Worker;

/// <summary>What a worker does with a task that it has no handler for.</summary>
public enum UnknownTaskPolicy
{
    /// <summary>It fails with <c>NotRegistered</c>, as in Celery, and is kept with the dead letters.</summary>
    Fail,

    /// <summary>It goes back to its queue with a growing delay, for workers of another version during a rolling deployment, and fails after <see cref="WorkerOptions.UnknownTaskTimeout"/>.</summary>
    GiveBack,
}
