using System.Diagnostics.CodeAnalysis;

namespace CeleryNet.Events;

/// <summary>Values by name, at most so many: the one that was added first goes when there is no room. Not thread-safe.</summary>
internal sealed class BoundedTable<TValue>(int most)
{
    private readonly Dictionary<string, TValue> _values = [];
    private readonly Queue<string> _order = new(); // each name once, as names are not removed otherwise

    internal IReadOnlyCollection<TValue> Values => _values.Values;

    internal int Count => _values.Count;

    internal bool TryGet(string name, [MaybeNullWhen(false)] out TValue value) => _values.TryGetValue(name, out value);

    /// <summary>Adds or changes a value.</summary>
    /// <returns>The value that had to go, if <paramref name="hasGone"/>.</returns>
    internal TValue? Set(string name, TValue value, out bool hasGone)
    {
        hasGone = false;
        if (_values.TryAdd(name, value))
        {
            _order.Enqueue(name);
            if (_values.Count <= most) return default;
            hasGone = _values.Remove(_order.Dequeue(), out var gone);
            return gone;
        }

        _values[name] = value;
        return default;
    }
}
