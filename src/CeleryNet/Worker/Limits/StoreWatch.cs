using CeleryNet.Brokers;

namespace CeleryNet.Worker.Limits;

/// <summary>
/// Knows whether a store that is asked before a start can be reached. While it cannot, one task after the other asks, with a growing pause: whoever waits for an answer holds a slot. Thread-safe.
/// </summary>
internal sealed class StoreWatch(TimeProvider time, Random random)
{
    private static readonly TimeSpan AnotherAsks = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly long _origin = time.GetTimestamp();
    private Backoff? _backoff; // null: it can be reached, as far as is known
    private TimeSpan _until;
    private bool _isAsked;

    /// <summary>How long nobody is to ask; <c>null</c> when the caller may.</summary>
    internal TimeSpan? Wait()
    {
        if (Volatile.Read(ref _backoff) is null) return null;
        lock (_lock)
        {
            if (_backoff is null) return null;
            var left = _until - time.GetElapsedTime(_origin);
            return left > TimeSpan.Zero ? left : _isAsked ? AnotherAsks : null;
        }
    }

    /// <summary>The caller asks now.</summary>
    /// <returns>False when another one does, and the store is away.</returns>
    internal bool TryAsk()
    {
        if (Volatile.Read(ref _backoff) is null) return true;
        lock (_lock)
        {
            if (_backoff is null) return true;
            if (_isAsked) return false;
            return _isAsked = true;
        }
    }

    /// <summary>It has answered.</summary>
    internal void Answered()
    {
        if (Volatile.Read(ref _backoff) is null) return;
        lock (_lock) (_backoff, _isAsked) = (null, false);
    }

    /// <summary>It has not answered.</summary>
    /// <returns>How long nobody is to ask.</returns>
    internal TimeSpan Failed()
    {
        lock (_lock)
        {
            _isAsked = false;
            _backoff ??= new Backoff(random);
            var pause = _backoff.Next();
            _until = time.GetElapsedTime(_origin) + pause;
            return pause;
        }
    }
}
