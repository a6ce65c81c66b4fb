namespace CeleryNet.Sql.Databases;

/// <summary>
/// Writes what is given at once together: the first call goes alone and at once, what comes while it is under way collects and follows in one transaction. For a server, which takes a hundred rows of one
/// statement in the time of two statements; within a process SQLite's writer does the same for everything.
/// </summary>
internal sealed class Combiner<TItem, TAnswer> : IAsyncDisposable
{
    private const int Lanes = 3; // the server works on one batch while the next is on its way
    private const int MostAtOnce = 250;

    private readonly Lock _lock = new();
    private readonly Queue<CombinedCall<TItem, TAnswer>> _waiting = new();
    private readonly Task?[] _lanes = new Task?[Lanes]; // a lane that is free is null
    private readonly int[] _underWay = new int[Lanes]; // items in each
    private readonly Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TAnswer>>> _write;
    private readonly TimeSpan _limit;
    private readonly TimeProvider _time;
    private readonly ITimer _clock; // one for all that wait: a timer for each would cost more than its writing
    private bool _isClockSet;

    /// <param name="write">Writes items in one transaction and returns an answer for each, in their order. Nothing is written when it throws.</param>
    /// <param name="limit">How long a call may wait for its turn.</param>
    /// <param name="time">Clock.</param>
    internal Combiner(Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TAnswer>>> write, TimeSpan limit, TimeProvider time)
    {
        _write = write;
        _limit = limit;
        _time = time;
        _clock = time.CreateTimer(static combiner => ((Combiner<TItem, TAnswer>)combiner!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan); // the state is this
    }

    /// <summary>Writes an item, alone or with others. Cancelling stops the wait; the item may be written all the same. What has begun ends within a limit of its own.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="DatabaseException">It was not written.</exception>
    internal ValueTask<TAnswer> WriteAsync(TItem item, CancellationToken cancellationToken)
    {
        var call = new CombinedCall<TItem, TAnswer>(item, _time.GetTimestamp());
        var answer = call.WaitAsync(cancellationToken);
        lock (_lock)
        {
            _waiting.Enqueue(call);
            if (!_isClockSet) SetClock(_limit);
            var free = Array.IndexOf(_lanes, null);
            if (free >= 0 && IsWorthwhile()) _lanes[free] = RunAsync(free);
        }

        return answer;
    }

    /// <summary>Returns when everything is written.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_lock) running = [.. _lanes.OfType<Task>()];
        await Task.WhenAll(running).ConfigureAwait(false);
        await _clock.DisposeAsync().ConfigureAwait(false);
    }

    private async Task RunAsync(int lane)
    {
        await Task.Yield(); // whoever starts it holds the lock
        while (Take(lane) is { Count: > 0 } calls) await WriteAsync(lane, calls).ConfigureAwait(false);
    }

    private List<CombinedCall<TItem, TAnswer>> Take(int lane)
    {
        lock (_lock)
        {
            _underWay[lane] = 0;
            var calls = new List<CombinedCall<TItem, TAnswer>>(Math.Min(_waiting.Count, MostAtOnce));
            while ((calls.Count > 0 || IsWorthwhile()) && calls.Count < MostAtOnce && _waiting.TryDequeue(out var call))
            {
                if (call.TryTake()) calls.Add(call);
            }

            if (calls.Count == 0) _lanes[lane] = null;
            _underWay[lane] = calls.Count;
            return calls;
        }
    }

    // A few behind many that are under way wait for more, until those have ended: a transaction for each few would take the server's time from the many.
    private bool IsWorthwhile() => _waiting.Count >= _underWay.Sum() / 2;

    private async Task WriteAsync(int lane, List<CombinedCall<TItem, TAnswer>> calls)
    {
        try
        {
            var items = new TItem[calls.Count];
            for (var i = 0; i < items.Length; i++) items[i] = calls[i].Item;
            var answers = await _write(items).ConfigureAwait(false);
            for (var i = 0; i < items.Length; i++) calls[i].Succeed(answers[i]);
        }
        catch (Exception error) when (calls.Count > 1 && error is not DatabaseException { IsTransient: true })
        {
            lock (_lock) _underWay[lane] = 1; // nobody waits for all of them
            foreach (var call in calls) await WriteAsync(lane, [call]).ConfigureAwait(false); // so that the others do not fail with the one that is to blame
        }
        catch (Exception error) // somebody awaits it, and the lane goes on
        {
            foreach (var call in calls) call.Fail(error);
        }
    }

    // They wait in the order in which they came, so the first one says when to look again.
    private void Expire()
    {
        List<CombinedCall<TItem, TAnswer>> late = [];
        lock (_lock)
        {
            _isClockSet = false;
            while (_waiting.TryPeek(out var call))
            {
                var left = _limit - _time.GetElapsedTime(call.Since);
                if (left > TimeSpan.Zero)
                {
                    SetClock(left);
                    break;
                }

                if (_waiting.Dequeue().TryTake()) late.Add(call);
            }
        }

        foreach (var call in late)
            call.Fail(new DatabaseException(new SqlFault("it did not answer in time; what was sent before is still waiting, perhaps for a lock of another session", IsTransient: true), mayBeDone: false, null));
    }

    private void SetClock(TimeSpan due)
    {
        _isClockSet = true;
        _clock.Change(due < Soonest ? Soonest : due, Timeout.InfiniteTimeSpan);
    }

    private static TimeSpan Soonest => TimeSpan.FromMilliseconds(1); // a timer counts no less
}
