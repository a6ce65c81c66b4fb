namespace CeleryNet.Worker;

/// <summary>
/// Counts the tasks that have run but whose result is still on its way to the store. They hold no slot, since the depth of such writes decides their rate; what bounds them is the
/// prefetch, as their messages are not settled yet. Thread-safe.
/// </summary>
internal sealed class Endings
{
    private readonly TaskCompletionSource _none = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count = 1; // one for the worker itself, until it has stopped to run tasks

    internal void Begin() => Interlocked.Increment(ref _count);

    internal void End()
    {
        if (Interlocked.Decrement(ref _count) == 0) _none.TrySetResult();
    }

    /// <summary>Returns when all have ended. Called once, when no task runs any more.</summary>
    internal Task CompleteAsync()
    {
        End();
        return _none.Task;
    }
}
