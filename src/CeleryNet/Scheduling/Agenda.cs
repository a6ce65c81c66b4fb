namespace CeleryNet.Scheduling;

/// <summary>The entries of the beat that leads, by when they are sent next: the first is found without looking at the others. Not thread-safe.</summary>
internal sealed class Agenda
{
    private const int MostStale = 1000;

    private readonly Dictionary<string, AgendaItem> _items = [];
    private readonly PriorityQueue<(AgendaItem Item, int Stamp), long> _heap = new();

    internal int Count => _items.Count;

    /// <summary>When the first is sent; <c>null</c> when none is.</summary>
    internal DateTimeOffset? Next
    {
        get
        {
            DropStale();
            return _heap.TryPeek(out var first, out _) ? first.Item.SendAt : null;
        }
    }

    /// <summary>Takes an item, instead of the one of its name, and puts it where it belongs.</summary>
    internal void Set(AgendaItem item, DateTimeOffset now)
    {
        if (_items.TryGetValue(item.Entry.Name, out var old)) old.Stamp++;
        _items[item.Entry.Name] = item;
        item.Plan(now);
        Put(item);
    }

    /// <summary>Puts an item back that <see cref="TakeDue"/> gave, with the moment it has now.</summary>
    internal void Put(AgendaItem item)
    {
        if (_items.GetValueOrDefault(item.Entry.Name) != item) return; // replaced or removed meanwhile
        item.Stamp++;
        if (item.Moment is not null) _heap.Enqueue((item, item.Stamp), item.SendAt.UtcTicks);
        if (_heap.Count > (2 * _items.Count) + MostStale) Rebuild();
    }

    internal void Remove(string name)
    {
        if (_items.Remove(name, out var item)) item.Stamp++;
    }

    /// <summary>The items that are due, the earliest first. They are off the heap until <see cref="Put"/>.</summary>
    internal List<AgendaItem> TakeDue(DateTimeOffset now, int most)
    {
        var due = new List<AgendaItem>();
        while (due.Count < most)
        {
            DropStale();
            if (!_heap.TryPeek(out var first, out _) || first.Item.SendAt > now) break;
            due.Add(_heap.Dequeue().Item);
        }

        return due;
    }

    private void DropStale()
    {
        while (_heap.TryPeek(out var first, out _) && first.Stamp != first.Item.Stamp) _heap.Dequeue();
    }

    private void Rebuild()
    {
        var valid = _heap.UnorderedItems.Where(place => place.Element.Stamp == place.Element.Item.Stamp).ToList();
        _heap.Clear();
        _heap.EnqueueRange(valid);
    }
}
