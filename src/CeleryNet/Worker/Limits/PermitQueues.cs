using CeleryNet.Brokers;

namespace CeleryNet.Worker.Limits;

/// <summary>
/// The tasks of this worker that wait for permits, by key, and when a key is worth another question. A key that was refused is asked about again by one task at a time: after its time where it
/// is of a rate, else every 50 ms, more rarely where more than ten keys are waited for (one question each 5 ms in all), at least once a second. Thread-safe.
/// </summary>
internal sealed class PermitQueues(TimeProvider time)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PausePerKey = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestAway = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly long _origin = time.GetTimestamp();
    private readonly Dictionary<(string Key, bool IsRate), KeyQueue> _queues = [];

    private TimeSpan Now => time.GetElapsedTime(_origin);

    /// <summary>How long a task has to wait before a question is worth while; <c>null</c> when it is now.</summary>
    /// <param name="permits">What it needs.</param>
    /// <param name="refused">The one that it has to wait for.</param>
    internal TimeSpan? WaitOf(IReadOnlyList<Permit> permits, out Permit refused)
    {
        lock (_lock)
        {
            var now = Now;
            foreach (var permit in permits)
            {
                if (!_queues.TryGetValue(KeyOf(permit), out var queue) || queue.BlockedUntil <= now) continue;
                refused = permit;
                return Spread(queue, permit) - now;
            }
        }

        refused = default;
        return null;
    }

    /// <summary>Notes that a permit was refused.</summary>
    /// <returns>How long the task waits that was refused.</returns>
    internal TimeSpan Refused(in Permit permit, TimeSpan? wait)
    {
        lock (_lock)
        {
            var now = Now;
            var queue = QueueOf(permit);
            queue.BlockedUntil = now + (wait ?? Pause());
            return Spread(queue, permit) - now;
        }
    }

    /// <summary>Notes that permits were granted: those of a rate are not for a while.</summary>
    internal void Granted(IReadOnlyList<Permit> permits)
    {
        lock (_lock)
        {
            foreach (var permit in permits)
            {
                // Without anybody who waits, nobody would ask the key's queue: it is not made for each key that is ever used.
                if (_queues.TryGetValue(KeyOf(permit), out var queue)) queue.BlockedUntil = permit.Slots > 0 ? TimeSpan.Zero : Now + permit.Spacing;
            }
        }
    }

    /// <summary>Puts a task that waits into the queue of the permit it was refused.</summary>
    internal void Add(in Permit permit, TaskRequest request, PendingStart pending)
    {
        lock (_lock)
        {
            if (pending.IsQueued) return;
            pending.IsQueued = true;
            QueueOf(permit).Waiting.Enqueue(request);
        }
    }

    /// <summary>The task that has waited longest for a permit of a concurrency, which is worth a question now; <c>null</c> when none does.</summary>
    internal TaskRequest? Next(string key)
    {
        lock (_lock)
        {
            if (!_queues.TryGetValue((key, false), out var queue)) return null;
            queue.BlockedUntil = TimeSpan.Zero;
            if (!queue.Waiting.TryDequeue(out var request)) return null;
            request.Pending!.IsQueued = false; // it was added with it
            return request;
        }
    }

    /// <summary>Forgets the tasks that do not wait any more, and the keys that nobody waits for.</summary>
    internal void Prune(Func<TaskRequest, bool> waits)
    {
        lock (_lock)
        {
            var now = Now;
            foreach (var (key, queue) in _queues.ToList())
            {
                for (var left = queue.Waiting.Count; left > 0; left--)
                {
                    var request = queue.Waiting.Dequeue();
                    if (waits(request)) queue.Waiting.Enqueue(request);
                    else request.Pending!.IsQueued = false; // it was added with it
                }

                if (queue.Waiting.Count == 0 && queue.BlockedUntil <= now) _queues.Remove(key);
            }
        }
    }

    private TimeSpan Pause()
    {
        var pause = PausePerKey * _queues.Count;
        return pause < ShortestPause ? ShortestPause : pause < LongestPause ? pause : LongestPause;
    }

    private static TimeSpan Spread(KeyQueue queue, in Permit permit) => queue.Turns.Next(queue.BlockedUntil, permit.Slots > 0 ? ShortestPause : permit.Spacing);

    private KeyQueue QueueOf(in Permit permit)
    {
        var key = KeyOf(permit);
        if (!_queues.TryGetValue(key, out var queue)) _queues[key] = queue = new KeyQueue(permit.Slots > 0 ? LongestPause : LongestAway);
        return queue;
    }

    private static (string Key, bool IsRate) KeyOf(in Permit permit) => (permit.Key, permit.Slots == 0);

    private sealed class KeyQueue(TimeSpan longest)
    {
        internal TimeSpan BlockedUntil { get; set; }

        internal Spread Turns { get; } = new(longest);

        internal Queue<TaskRequest> Waiting { get; } = new();
    }
}
