using System.Text.Json;

namespace CeleryNet.Control;

/// <summary>Collects the replies to one request. Thread-safe.</summary>
/// <param name="destinations">The nodes that were asked by name; empty when others were asked too.</param>
internal sealed class PendingReplies(IReadOnlyCollection<string> destinations)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _missing = new(destinations, StringComparer.Ordinal);
    private readonly List<KeyValuePair<string, JsonElement>> _replies = [];
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int? _expected;

    /// <summary>Ends when nobody is left to wait for, where that is known.</summary>
    internal Task Completed => _completed.Task;

    /// <summary>What has come so far, in its order. A node is there twice when two workers have its name.</summary>
    internal List<KeyValuePair<string, JsonElement>> Replies
    {
        get
        {
            lock (_lock) return [.. _replies];
        }
    }

    /// <summary>Says how many workers were asked.</summary>
    internal void Expect(int count)
    {
        lock (_lock)
        {
            _expected = count;
            CompleteWhenAll();
        }
    }

    internal void Add(string node, JsonElement reply)
    {
        lock (_lock)
        {
            _replies.Add(new(node, reply));
            _missing.Remove(node);
            CompleteWhenAll();
        }
    }

    private void CompleteWhenAll()
    {
        if ((destinations.Count > 0 && _missing.Count == 0) || _replies.Count >= _expected) _completed.TrySetResult();
    }
}
