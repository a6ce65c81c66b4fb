using System.Collections.Frozen;
using System.Runtime.CompilerServices;

namespace CeleryNet.Worker;

/// <summary>How many tasks of each kind this worker has started. Thread-safe.</summary>
internal sealed class StartedTasks(IEnumerable<string> names)
{
    private readonly FrozenDictionary<string, StrongBox<long>> _counts = names.ToFrozenDictionary(name => name, _ => new StrongBox<long>());

    /// <summary>Those that were started at least once, by wire name.</summary>
    internal IEnumerable<KeyValuePair<string, long>> Counts =>
        _counts.Select(static count => KeyValuePair.Create(count.Key, Volatile.Read(ref count.Value.Value))).Where(static count => count.Value > 0);

    internal void Add(string name)
    {
        if (_counts.TryGetValue(name, out var count)) Interlocked.Increment(ref count.Value);
    }
}
