using System.Collections.Frozen;
using CeleryNet.Tasks;

namespace CeleryNet.Worker.Limits;

/// <summary>Rate limits by task name that were changed while the worker runs; they stand instead of the policy's. Thread-safe; reading takes no lock.</summary>
internal sealed class RateTable
{
    private readonly Lock _lock = new();
    private FrozenDictionary<string, TaskRate>? _rates; // null: nothing was changed, which is nearly always

    /// <summary>What was set for the task; <c>null</c> when its policy counts.</summary>
    internal TaskRate? Find(string task) => Volatile.Read(ref _rates) is { } rates && rates.TryGetValue(task, out var rate) ? rate : null;

    /// <summary>Sets the rate of a task, also to none.</summary>
    internal void Set(string task, TaskRate rate)
    {
        lock (_lock)
        {
            var changed = _rates?.ToDictionary() ?? [];
            changed[task] = rate;
            Volatile.Write(ref _rates, changed.ToFrozenDictionary());
        }
    }
}
