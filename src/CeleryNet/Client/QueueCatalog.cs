using System.Collections.Concurrent;
using System.Collections.Frozen;
using CeleryNet.Brokers;

namespace CeleryNet.Client;

/// <summary>The queues of the host by name. A name that was not configured is a queue as Celery creates it (<c>task_create_missing_queues</c>). Thread-safe.</summary>
internal sealed class QueueCatalog(IEnumerable<QueueDefinition> configured)
{
    // Names may be computed, one per tenant; beyond this many they are made anew each time.
    private const int MostKept = 4096;

    private readonly FrozenDictionary<string, QueueDefinition> _configured = configured.ToFrozenDictionary(queue => queue.Name);
    private readonly ConcurrentDictionary<string, QueueDefinition> _created = new();

    /// <summary>The queues that were configured.</summary>
    internal IReadOnlyCollection<string> Configured => _configured.Keys;

    /// <summary>The queue as it was configured; <c>null</c> when it was not.</summary>
    internal QueueDefinition? Find(string name) => _configured.GetValueOrDefault(name);

    internal QueueDefinition Get(string name)
    {
        if (_configured.TryGetValue(name, out var queue) || _created.TryGetValue(name, out queue)) return queue;
        queue = new QueueDefinition(name);
        return _created.Count < MostKept ? _created.GetOrAdd(name, queue) : queue;
    }
}
