using CeleryNet.Tasks;

namespace CeleryNet.Worker;

/// <summary>The tasks that are running right now, one slot for each execution loop. Thread-safe.</summary>
internal sealed class RunningTasks(TimeProvider time)
{
    private readonly Lock _lock = new();
    private Slot[] _slots = [];
    private long _begunBefore; // in slots that are gone

    /// <summary>How many tasks run, without those that have lost their slot.</summary>
    internal int Count => Volatile.Read(ref _slots).Count(static slot => slot is { IsAbandoned: false, Current: not null });

    /// <summary>How many have begun since the worker started.</summary>
    internal long Begun
    {
        get
        {
            lock (_lock) return _begunBefore + _slots.Sum(static slot => slot.Runs);
        }
    }

    internal void Add(Slot slot)
    {
        lock (_lock) Volatile.Write(ref _slots, [.. _slots, slot]);
    }

    internal void Remove(Slot slot)
    {
        lock (_lock)
        {
            _begunBefore += slot.Runs;
            Volatile.Write(ref _slots, [.. _slots.Where(other => other != slot)]);
        }
    }

    /// <summary>What runs at the moment, without what has lost its slot.</summary>
    internal List<TaskRequest> Look()
    {
        var running = new List<TaskRequest>();
        foreach (var slot in Volatile.Read(ref _slots))
        {
            if (slot is { IsAbandoned: false, Current: { } request }) running.Add(request);
        }

        return running;
    }

    /// <summary>How long the longest of them has run so far; zero when none runs.</summary>
    internal TimeSpan Longest()
    {
        var longest = TimeSpan.Zero;
        foreach (var slot in Volatile.Read(ref _slots))
        {
            if (slot.IsAbandoned || slot.Current is not { } request) continue;
            var elapsed = time.GetElapsedTime(request.Start);
            if (elapsed > longest) longest = elapsed;
        }

        return longest;
    }

    /// <summary>The attempt of a task that runs in this worker, or has run and is not settled; <c>null</c> when there is none. Looks at every slot.</summary>
    internal TaskRequest? Find(string taskId, int retries)
    {
        foreach (var slot in Volatile.Read(ref _slots))
        {
            if (slot.Find(taskId, retries) is { } request) return request;
        }

        return null;
    }

    /// <summary>Cancels every run that fits.</summary>
    /// <returns>The ids of those that were asked to end.</returns>
    internal List<string> Cancel(TaskCancelReason reason, Func<TaskRequest, bool> fits)
    {
        var cancelled = new List<string>();
        foreach (var slot in Volatile.Read(ref _slots))
        {
            if (slot.Current is not { } request || !fits(request)) continue;
            request.Cancellation?.Cancel(reason);
            cancelled.Add(request.Message.Id!); // read, so it has one
        }

        return cancelled;
    }
}
