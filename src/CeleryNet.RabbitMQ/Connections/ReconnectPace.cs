using System.Diagnostics.CodeAnalysis;
using CeleryNet.Brokers;

namespace CeleryNet.RabbitMQ.Connections;

/// <summary>
/// How often a server that is away is asked whether it is back, however many connections want to know: one attempt after the other, with growing waits between them. Once one has succeeded, the
/// others need not wait. Thread-safe.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The semaphore holds no handle, and a late comer may still wait for it.")]
internal sealed class ReconnectPace(Random random, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Backoff _backoff = new(random);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _isAway;
    private long _failed; // timestamp of the last failure
    private TimeSpan _wait;

    /// <summary>Changes with each failure, so that attempts that ran at the same time count as one.</summary>
    internal int Round
    {
        get
        {
            lock (_lock) return field;
        }

        private set;
    }

    /// <summary>Returns when an attempt may be made: at once, unless the last one failed.</summary>
    /// <returns>Disposed after the attempt, so that the next may be made.</returns>
    internal async ValueTask<IDisposable?> EnterAsync(CancellationToken cancellationToken)
    {
        if (!IsAway) return null;
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Rest is { } rest && rest > TimeSpan.Zero) await Task.Delay(rest, time, cancellationToken).ConfigureAwait(false);
            return new Turn(_turn);
        }
        catch
        {
            _turn.Release();
            throw;
        }
    }

    /// <summary>A connection was opened.</summary>
    internal void Succeeded()
    {
        lock (_lock)
        {
            _isAway = false;
            _backoff.Reset();
        }
    }

    /// <summary>No connection could be opened.</summary>
    /// <param name="round">The round in which the attempt began.</param>
    internal void Failed(int round)
    {
        lock (_lock)
        {
            if (round != Round) return;
            Round++;
            (_isAway, _failed, _wait) = (true, time.GetTimestamp(), _backoff.Next());
        }
    }

    private bool IsAway
    {
        get
        {
            lock (_lock) return _isAway;
        }
    }

    // What is left of the wait; nothing when somebody has been let in meanwhile.
    private TimeSpan? Rest
    {
        get
        {
            lock (_lock) return _isAway ? _wait - time.GetElapsedTime(_failed) : null;
        }
    }

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        private SemaphoreSlim? _turn = turn;

        public void Dispose() => Interlocked.Exchange(ref _turn, null)?.Release();
    }
}
