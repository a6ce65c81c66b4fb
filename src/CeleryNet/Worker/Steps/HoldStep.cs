namespace CeleryNet.Worker.Steps;

/// <summary>
/// Keeps tasks whose time has not come: ordered by due time, handed back by <see cref="TakeDue"/>. Counts how many of them fit into what the worker may hold beyond its prefetch. Thread-safe.
/// </summary>
/// <param name="maxTasks">How many may be held beyond the prefetch.</param>
/// <param name="maxBytes">How much memory these may take.</param>
/// <param name="time">The wall clock, by which tasks are due.</param>
internal sealed class HoldStep(int maxTasks, long maxBytes, TimeProvider time)
{
    private const int BytesPerTask = 2048; // message object, headers and request of a usual task, beside the body

    private readonly Lock _lock = new();
    private readonly PriorityQueue<Held, DateTimeOffset> _held = new();
    private int _reserved;
    private long _reservedBytes;
    private int _generation;
    private int _taken; // of those in the queue, taken out before they were due
    private bool _isClosed;

    /// <summary>How many tasks are held.</summary>
    internal int Count
    {
        get
        {
            lock (_lock) return _held.Count - _taken;
        }
    }

    /// <summary>How many tasks have a place of their own, so that they take no room of immediate ones.</summary>
    internal int Reserved
    {
        get
        {
            lock (_lock) return _reserved;
        }
    }

    /// <summary>True while one more task would get a place of its own, as far as its bytes allow.</summary>
    internal bool HasRoom
    {
        get
        {
            lock (_lock) return _reserved < maxTasks && _reservedBytes < maxBytes;
        }
    }

    /// <summary>The moment at which there is something to do with a task: it may go on or expires, whatever comes first.</summary>
    internal static DateTimeOffset Earlier(DateTimeOffset due, DateTimeOffset? expires) => expires is { } end && end < due ? end : due;

    /// <summary>When there is something to do with the task: it is due or expires, whatever comes first; <c>null</c> when it is due already.</summary>
    internal DateTimeOffset? DueOf(TaskRequest request)
    {
        var message = request.Message;
        if (message.Eta is not { } eta || eta <= time.GetUtcNow()) return null;
        return Earlier(eta, message.Expires);
    }

    /// <summary>Takes a place for a task that has to wait.</summary>
    /// <returns>False when there is none left.</returns>
    internal bool TryReserve(TaskRequest request)
    {
        var bytes = BytesOf(request);
        lock (_lock)
        {
            if (_reserved >= maxTasks || _reservedBytes + bytes > maxBytes) return false;
            _reserved++;
            _reservedBytes += bytes;
            return true;
        }
    }

    /// <summary>Gives back the place of a task that is not held.</summary>
    internal void Release(TaskRequest request)
    {
        lock (_lock) FreePlace(request);
    }

    /// <summary>Holds the task.</summary>
    /// <param name="request">The task; the caller lets go of it.</param>
    /// <param name="due">When it is handed back.</param>
    /// <param name="isReserved">True when it has a place.</param>
    /// <returns>False when nothing is held any more, since the worker is stopping; the task stays the caller's.</returns>
    internal bool TryHold(TaskRequest request, DateTimeOffset due, bool isReserved)
    {
        lock (_lock)
        {
            if (_isClosed) return false;
            if (request.Delivery.Generation > _generation)
            {
                // After a reconnect the broker hands out everything again: what is held from before would only fill the memory.
                _generation = request.Delivery.Generation;
                Take(static held => !held.Consumer.IsCurrent(held.Delivery));
            }

            var held = new Held(request, isReserved);
            if (request.Pending is { } pending) pending.Place = held;
            _held.Enqueue(held, due);
            return true;
        }
    }

    /// <summary>Takes what is due.</summary>
    /// <param name="due">Receives the tasks, earliest first.</param>
    /// <returns>When the next one is due; <c>null</c> when none is left.</returns>
    internal DateTimeOffset? TakeDue(List<TaskRequest> due)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            while (_held.TryPeek(out var held, out var moment))
            {
                if (moment > now && !held.IsTaken) return moment;
                _held.Dequeue();
                if (held.IsTaken)
                {
                    _taken--;
                    continue;
                }

                Free(held);
                due.Add(held.Request);
            }

            return null;
        }
    }

    /// <summary>What is held at the moment with the time it is due, earliest first.</summary>
    internal List<(TaskRequest Request, DateTimeOffset Due)> Look()
    {
        lock (_lock)
            return [.. _held.UnorderedItems.Where(static held => !held.Element.IsTaken).OrderBy(static held => held.Priority).Select(static held => (held.Element.Request, held.Priority))];
    }

    /// <summary>True while the task is held; asked for those that wait for a limit.</summary>
    internal bool Holds(TaskRequest request)
    {
        lock (_lock) return request.Pending?.Place is Held { IsTaken: false };
    }

    /// <summary>Takes one task that waits for a limit, due or not.</summary>
    /// <returns>False when it is not held.</returns>
    internal bool TryTake(TaskRequest request)
    {
        lock (_lock)
        {
            if (request.Pending?.Place is not Held { IsTaken: false } held) return false;
            held.IsTaken = true; // it leaves the queue when its time comes, which is soon
            _taken++;
            Free(held);
            return true;
        }
    }

    /// <summary>Takes what fits, due or not.</summary>
    internal List<TaskRequest> TakeWhere(Func<TaskRequest, bool> fits)
    {
        lock (_lock) return Take(fits);
    }

    /// <summary>Takes everything, due or not, and holds nothing from now on.</summary>
    internal List<TaskRequest> Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            return Take(static _ => true);
        }
    }

    private List<TaskRequest> Take(Func<TaskRequest, bool> fits)
    {
        var taken = new List<TaskRequest>();
        var kept = new List<(Held, DateTimeOffset)>(_held.Count);
        foreach (var (held, due) in _held.UnorderedItems)
        {
            if (held.IsTaken) continue;
            if (!fits(held.Request))
            {
                kept.Add((held, due));
                continue;
            }

            Free(held);
            taken.Add(held.Request);
        }

        if (taken.Count == 0) return taken;
        _held.Clear();
        _held.EnqueueRange(kept);
        _taken = 0;
        return taken;
    }

    private void Free(Held held)
    {
        if (held.Request.Pending is { } pending) pending.Place = null;
        if (held.IsReserved) FreePlace(held.Request);
    }

    private void FreePlace(TaskRequest request)
    {
        _reserved--;
        _reservedBytes -= BytesOf(request);
    }

    private static long BytesOf(TaskRequest request) => BytesPerTask + request.Message.Body.Length;

    private sealed class Held(TaskRequest request, bool isReserved)
    {
        internal TaskRequest Request { get; } = request;

        internal bool IsReserved { get; } = isReserved;

        /// <summary>True when it was taken out before it was due, and only its entry is left.</summary>
        internal bool IsTaken { get; set; }
    }
}
