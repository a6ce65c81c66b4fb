namespace CeleryNet.Brokers.Memory;

/// <summary>Leases of one process, told apart by name. Thread-safe.</summary>
internal sealed class MemoryLeases(TimeProvider time) : ILeaderLease
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (LeaderTerm Term, long Since)> _terms = [];
    private long _token;

    public ValueTask<LeaderTerm?> AcquireAsync(string name, string holder, TimeSpan duration, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        lock (_lock)
        {
            if (_terms.TryGetValue(name, out var held) && IsLasting(held)) return new ValueTask<LeaderTerm?>((LeaderTerm?)null);
            var term = new LeaderTerm(name, holder, ++_token, duration);
            _terms[name] = (term, time.GetTimestamp());
            return new ValueTask<LeaderTerm?>(term);
        }
    }

    public ValueTask<bool> RenewAsync(LeaderTerm term, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(term);
        lock (_lock)
        {
            if (!IsHeld(term)) return new ValueTask<bool>(false);
            _terms[term.Name] = (term, time.GetTimestamp());
            return new ValueTask<bool>(true);
        }
    }

    public ValueTask ReleaseAsync(LeaderTerm term, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(term);
        lock (_lock)
        {
            if (IsHeld(term)) _terms.Remove(term.Name);
        }

        return default;
    }

    /// <summary>True while the term lasts.</summary>
    internal bool IsLeading(LeaderTerm term)
    {
        lock (_lock) return IsHeld(term);
    }

    private bool IsHeld(LeaderTerm term) => _terms.TryGetValue(term.Name, out var held) && held.Term.Token == term.Token && IsLasting(held);

    private bool IsLasting((LeaderTerm Term, long Since) held) => time.GetElapsedTime(held.Since) < held.Term.Duration;
}
