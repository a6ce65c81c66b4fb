namespace CeleryNet.Brokers.Memory;

/// <summary>Keys of unique tasks inside the process. Thread-safe.</summary>
internal sealed class MemoryUniqueKeys(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly long _origin = time.GetTimestamp();
    private readonly Dictionary<string, (string TaskId, TimeSpan End)> _keys = [];
    private readonly PriorityQueue<string, TimeSpan> _ends = new(); // one entry for each time a key was kept; what ended is forgotten as others come

    private TimeSpan Now => time.GetElapsedTime(_origin);

    internal string? Reserve(string key, string taskId, TimeSpan lifetime, bool replace)
    {
        lock (_lock)
        {
            var holder = HolderOf(key);
            if (holder is null || replace) Keep(key, taskId, lifetime);
            return holder;
        }
    }

    internal bool Renew(string key, string taskId, TimeSpan lifetime)
    {
        lock (_lock)
        {
            if (HolderOf(key) is { } holder && holder != taskId) return false;
            Keep(key, taskId, lifetime);
            return true;
        }
    }

    internal bool Release(string key, string taskId)
    {
        lock (_lock) return HolderOf(key) == taskId && _keys.Remove(key);
    }

    private string? HolderOf(string key) => _keys.TryGetValue(key, out var kept) && kept.End > Now ? kept.TaskId : null;

    private void Keep(string key, string taskId, TimeSpan lifetime)
    {
        var now = Now;
        while (_ends.TryPeek(out var oldest, out var end) && end <= now)
        {
            _ends.Dequeue();
            if (_keys.TryGetValue(oldest, out var kept) && kept.End <= now) _keys.Remove(oldest);
        }

        _keys[key] = (taskId, now + lifetime);
        _ends.Enqueue(key, now + lifetime);
    }
}
