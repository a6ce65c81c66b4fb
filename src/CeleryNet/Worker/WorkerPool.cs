namespace CeleryNet.Worker;

/// <summary>How many tasks a worker runs at once, changed in all places together. Thread-safe.</summary>
internal sealed class WorkerPool(ExecutionSlots slots, PrefetchGovernor governor, Action prefetchChanged)
{
    /// <summary>As many as options allow.</summary>
    internal const int Most = 10_000;

    private readonly Lock _lock = new();

    /// <summary>How many tasks are to run at once.</summary>
    internal int Concurrency => slots.Wanted;

    /// <summary>Changes the number.</summary>
    internal void Resize(int count)
    {
        lock (_lock) slots.Resize(count);
        governor.SetConcurrency(count);
        prefetchChanged();
    }

    /// <summary>Changes the number by so many, where the result is possible.</summary>
    /// <returns>The new number; <c>null</c> when it would be none or too many.</returns>
    internal int? TryChange(int by)
    {
        lock (_lock)
        {
            var count = (long)slots.Wanted + by;
            if (count is < 1 or > Most) return null;
            Resize((int)count);
            return (int)count;
        }
    }
}
