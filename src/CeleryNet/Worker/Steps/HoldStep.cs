namespace CeleryNet.Worker.Steps;

/// <summary>Keeps tasks whose time has not come: ordered by due time, handed back by <see cref="TakeDue"/>. Thread-safe.</summary>
internal sealed class HoldStep(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<TaskRequest, DateTimeOffset> _held = new();

    /// <summary>How many tasks are held.</summary>
    internal int Count
    {
        get
        {
            lock (_lock) return _held.Count;
        }
    }

    /// <summary>Holds the task when it is not due yet.</summary>
    /// <returns>True when it is held now; the caller lets go of it.</returns>
    internal bool TryHold(TaskRequest request)
    {
        if (request.Message.Eta is not { } eta || eta <= time.GetUtcNow()) return false;
        lock (_lock) _held.Enqueue(request, eta);
        return true;
    }

    /// <summary>Takes what is due.</summary>
    /// <param name="due">Receives the tasks, earliest first.</param>
    /// <returns>When the next one is due; <c>null</c> when none is left.</returns>
    internal DateTimeOffset? TakeDue(List<TaskRequest> due)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            while (_held.TryPeek(out var request, out var eta))
            {
                if (eta > now) return eta;
                _held.Dequeue();
                due.Add(request);
            }

            return null;
        }
    }

    /// <summary>Takes everything, due or not.</summary>
    internal List<TaskRequest> TakeAll()
    {
        lock (_lock)
        {
            var all = _held.UnorderedItems.Select(item => item.Element).ToList();
            _held.Clear();
            return all;
        }
    }
}
