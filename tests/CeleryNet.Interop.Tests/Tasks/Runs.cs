using System.Collections.Concurrent;

namespace CeleryNet.Interop.Tests.Tasks;

/// <summary>Which tasks ran in this process, where a test must see that one did or did not whatever its result says.</summary>
public static class Runs
{
    private static readonly ConcurrentDictionary<string, int> Counts = new();
    private static readonly ConcurrentDictionary<string, ConcurrentQueue<string>> Orders = new();

    /// <summary>Notes a run.</summary>
    public static void Note(string taskId) => Counts.AddOrUpdate(taskId, 1, static (_, count) => count + 1);

    /// <summary>How often a task ran.</summary>
    public static int Of(string taskId) => Counts.GetValueOrDefault(taskId);

    /// <summary>Notes a step under a key, to see an order.</summary>
    public static void Append(string key, string step) => Orders.GetOrAdd(key, static _ => new ConcurrentQueue<string>()).Enqueue(step);

    /// <summary>The steps of a key in their order.</summary>
    public static IReadOnlyCollection<string> OrderOf(string key) => Orders.TryGetValue(key, out var steps) ? steps : [];
}
