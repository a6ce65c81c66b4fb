namespace CeleryNet.RabbitMQ.Publishing;

/// <summary>
/// What was written to one channel and is not confirmed yet, by the channel's sequence numbers, which start at 1. Bounded: when the oldest of <c>capacity</c> is
/// unconfirmed, nothing more fits. Not thread-safe.
/// </summary>
/// <param name="capacity">Most entries between the oldest unconfirmed and the newest.</param>
internal sealed class ConfirmWindow<T>(int capacity) where T : class
{
    // Invariant: numbers in [_oldest, _next) lie at number % capacity; null there means confirmed; the entry at _oldest is never null unless _oldest == _next.
    private readonly T?[] _entries = new T?[capacity];
    private ulong _oldest = 1;
    private ulong _next = 1;

    internal bool IsFull => _next - _oldest == (ulong)capacity;

    internal bool IsEmpty => _next == _oldest;

    /// <summary>The entry that waits longest.</summary>
    internal T? Oldest => IsEmpty ? null : _entries[Index(_oldest)];

    /// <summary>Adds what is written next.</summary>
    internal void Add(T entry)
    {
        if (IsFull) throw new InvalidOperationException("The confirm window is full.");
        _entries[Index(_next++)] = entry;
    }

    /// <summary>Takes back the newest, because it was not written after all.</summary>
    internal void RemoveNewest()
    {
        _entries[Index(--_next)] = null;
        Advance();
    }

    /// <summary>Moves what the broker confirms or refuses into <paramref name="confirmed"/>, oldest first. Numbers that are not open are ignored.</summary>
    internal void Confirm(ulong number, bool isMultiple, List<T> confirmed)
    {
        if (number == 0 && isMultiple) number = _next - 1; // AMQP: zero with multiple means all so far
        if (number < _oldest || number >= _next) return;
        for (var current = isMultiple ? _oldest : number; current <= number; current++)
        {
            ref var entry = ref _entries[Index(current)];
            if (entry is null) continue;
            confirmed.Add(entry);
            entry = null;
        }

        Advance();
    }

    /// <summary>The oldest unconfirmed entry that fits.</summary>
    internal T? Find<TState>(Func<T, TState, bool> fits, TState state)
    {
        for (var current = _oldest; current < _next; current++)
            if (_entries[Index(current)] is { } entry && fits(entry, state)) return entry;
        return null;
    }

    internal void ForEach(Action<T> action)
    {
        for (var current = _oldest; current < _next; current++)
            if (_entries[Index(current)] is { } entry) action(entry);
    }

    /// <summary>Moves everything unconfirmed out, oldest first.</summary>
    internal void Drain(List<T> unconfirmed)
    {
        if (!IsEmpty) Confirm(_next - 1, isMultiple: true, unconfirmed);
        (_oldest, _next) = (1, 1); // the next channel counts from the start
    }

    private void Advance()
    {
        while (_oldest < _next && _entries[Index(_oldest)] is null) _oldest++;
    }

    private int Index(ulong number) => (int)(number % (ulong)_entries.Length);
}
