namespace CeleryNet.Worker;

/// <summary>
/// Tasks that have run and whose result no store takes: they wait here and not in their slots, so that tasks without a result go on. Their messages are unacknowledged, so the prefetch makes room for
/// them; what they may take is bounded, and a task that finds no place keeps its slot. Thread-safe.
/// </summary>
/// <param name="maxTasks">How many may wait.</param>
/// <param name="maxBytes">How much memory they may take.</param>
/// <param name="changed">Called when <see cref="Count"/> changed.</param>
internal sealed class Unstored(int maxTasks, long maxBytes, Action changed)
{
    private const int BytesPerTask = 6144; // message object, headers and request of a usual task (2 KiB), the buffer of its result (2 KiB), and what waits for its end

    private readonly Lock _lock = new();
    private long _bytes;
    private int _count;

    /// <summary>How many wait.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>Takes a place for the task, if it has none yet.</summary>
    /// <returns>False when there is none left.</returns>
    internal bool TryAdd(TaskRequest request)
    {
        var bytes = BytesPerTask + (long)request.Message.Body.Length + request.ResultBytes;
        request.MayBeUnstored = true;
        Interlocked.MemoryBarrier(); // it sees the end below, or the end sees this mark
        lock (_lock)
        {
            if (request.HasEnded || request.UnstoredBytes > 0) return true;
            if (_count >= maxTasks || _bytes + bytes > maxBytes) return false;
            request.UnstoredBytes = bytes;
            _bytes += bytes;
            Volatile.Write(ref _count, _count + 1);
        }

        changed();
        return true;
    }

    /// <summary>Marks the task as ended and gives its place back, if it had one.</summary>
    internal void End(TaskRequest request)
    {
        request.HasEnded = true;
        Interlocked.MemoryBarrier(); // as above; most tasks never wait, and pay no lock
        if (!request.MayBeUnstored) return;
        lock (_lock)
        {
            if (request.UnstoredBytes == 0) return;
            _bytes -= request.UnstoredBytes;
            request.UnstoredBytes = 0;
            Volatile.Write(ref _count, _count - 1);
        }

        changed();
    }
}
