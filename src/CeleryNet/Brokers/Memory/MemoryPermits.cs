namespace CeleryNet.Brokers.Memory;

/// <summary>Permits inside the process. Thread-safe.</summary>
internal sealed class MemoryPermits(TimeProvider time)
{
    internal static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(20); // as Redis' default

    private readonly Lock _lock = new();
    private readonly long _origin = time.GetTimestamp();
    private readonly Dictionary<string, Dictionary<string, TimeSpan>> _held = []; // key, holder, end of its lease
    private readonly Dictionary<string, TimeSpan> _next = []; // key of a rate, earliest next grant

    // Since the store began, by the monotonic clock.
    private TimeSpan Now => time.GetElapsedTime(_origin);

    internal PermitAnswer Acquire(IReadOnlyList<Permit> permits, string holder)
    {
        lock (_lock)
        {
            var now = Now;
            for (var i = 0; i < permits.Count; i++)
            {
                var permit = permits[i];
                if (permit.Slots == 0)
                {
                    if (_next.TryGetValue(permit.Key, out var next) && next > now) return new PermitAnswer(i, next - now);
                }
                else if (_held.TryGetValue(permit.Key, out var holders))
                {
                    foreach (var (ended, _) in holders.Where(lease => lease.Value <= now).ToList()) holders.Remove(ended);
                    if (!holders.ContainsKey(holder) && holders.Count >= permit.Slots) return new PermitAnswer(i, null);
                }
            }

            foreach (var permit in permits)
            {
                if (permit.Slots == 0) Count(permit, now);
                else Hold(permit.Key, holder, now);
            }

            return PermitAnswer.Granted;
        }
    }

    internal List<PermitLease> Renew(IReadOnlyList<PermitLease> leases, bool restore)
    {
        lock (_lock)
        {
            var now = Now;
            var unknown = new List<PermitLease>();
            foreach (var lease in leases)
            {
                var isKnown = _held.TryGetValue(lease.Key, out var holders) && holders.TryGetValue(lease.Holder, out var end) && end > now;
                if (!isKnown) unknown.Add(lease);
                if (isKnown || restore) Hold(lease.Key, lease.Holder, now);
            }

            return unknown;
        }
    }

    internal void Release(IReadOnlyList<PermitLease> leases)
    {
        lock (_lock)
        {
            foreach (var lease in leases)
            {
                if (_held.TryGetValue(lease.Key, out var holders) && holders.Remove(lease.Holder) && holders.Count == 0) _held.Remove(lease.Key);
            }
        }
    }

    private void Hold(string key, string holder, TimeSpan now)
    {
        if (!_held.TryGetValue(key, out var holders)) _held[key] = holders = [];
        holders[holder] = now + LeaseDuration;
    }

    // Keys come from arguments, without end: those whose time is over say nothing any more.
    private void Count(in Permit permit, TimeSpan now)
    {
        const int Many = 1024;
        if (_next.Count >= Many && !_next.ContainsKey(permit.Key))
        {
            foreach (var (over, _) in _next.Where(next => next.Value <= now).ToList()) _next.Remove(over);
        }

        _next[permit.Key] = now + permit.Spacing;
    }
}
