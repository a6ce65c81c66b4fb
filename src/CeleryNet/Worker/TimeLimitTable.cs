using System.Collections.Frozen;

namespace CeleryNet.Worker;

/// <summary>Time limits by task name that were changed while the worker runs; they stand instead of the policy's. Thread-safe; reading takes no lock.</summary>
internal sealed class TimeLimitTable
{
    private readonly Lock _lock = new();
    private FrozenDictionary<string, TimeLimits>? _limits; // null: nothing was changed, which is nearly always

    /// <summary>What was set for the task; <c>null</c> when its policy counts.</summary>
    internal TimeLimits? Find(string task) => Volatile.Read(ref _limits) is { } limits && limits.TryGetValue(task, out var found) ? found : null;

    /// <summary>Sets both limits of a task, also to none. Runs that have begun keep theirs.</summary>
    internal void Set(string task, TimeLimits limits)
    {
        lock (_lock)
        {
            var changed = _limits?.ToDictionary() ?? [];
            changed[task] = limits;
            Volatile.Write(ref _limits, changed.ToFrozenDictionary());
        }
    }
}
