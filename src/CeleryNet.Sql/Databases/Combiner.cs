namespace CeleryNet.Sql.Databases;

/// <summary>
/// Writes what is given at once together: the first call goes alone and at once, what comes while it is under way collects and follows in one transaction. For a server, which takes a hundred rows of one
/// statement in the time of two statements; within a process SQLite's writer does the same for everything.
/// </summary>
/// <param name="write">Writes items in one transaction and returns an answer for each, in their order. Nothing is written when it throws.</param>
/// <param name="time">Clock.</param>
internal sealed class Combiner<TItem, TAnswer>(Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TAnswer>>> write, TimeProvider time) : IAsyncDisposable
{
    private const int Lanes = 2; // the server works on one batch while the next is on its way
    private const int MostAtOnce = 1000;

    private readonly Lock _lock = new();
    private readonly Queue<Call> _waiting = new();
    private readonly Task?[] _lanes = new Task?[Lanes]; // a lane that is free is null

    /// <summary>Writes an item, alone or with others. Cancelling stops the wait; the item may be written all the same.</summary>
    /// <param name="item">The item.</param>
    /// <param name="limit">How long it may wait for its turn.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="DatabaseException">It was not written.</exception>
    internal async Task<TAnswer> WriteAsync(TItem item, TimeSpan limit, CancellationToken cancellationToken)
    {
        var call = new Call(item);
        lock (_lock)
        {
            _waiting.Enqueue(call);
            var free = Array.IndexOf(_lanes, null);
            if (free >= 0) _lanes[free] = RunAsync(free);
        }

        try
        {
            return await call.Task.WaitAsync(limit, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException && !call.Task.IsCompleted)
        {
            var isUntouched = call.TryTake();
            cancellationToken.ThrowIfCancellationRequested();
            if (isUntouched) throw new DatabaseException(new SqlFault("it did not answer in time; what was sent before is still waiting, perhaps for a lock of another session", IsTransient: true), mayBeDone: false, error);
            return await call.Task.WaitAsync(cancellationToken).ConfigureAwait(false); // it has begun, and ends within a limit of its own
        }
    }

    /// <summary>Returns when everything is written.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_lock) running = [.. _lanes.OfType<Task>()];
        await Task.WhenAll(running).ConfigureAwait(false);
    }

    private async Task RunAsync(int lane)
    {
        await Task.Yield(); // whoever starts it holds the lock
        while (Take(lane) is { Count: > 0 } calls) await WriteAsync(calls).ConfigureAwait(false);
    }

    private List<Call> Take(int lane)
    {
        lock (_lock)
        {
            var calls = new List<Call>(Math.Min(_waiting.Count, MostAtOnce));
            while (calls.Count < MostAtOnce && _waiting.TryDequeue(out var call))
            {
                if (call.TryTake()) calls.Add(call);
            }

            if (calls.Count == 0) _lanes[lane] = null;
            return calls;
        }
    }

    private async Task WriteAsync(List<Call> calls)
    {
        try
        {
            var answers = await write([.. calls.Select(static call => call.Item)]).ConfigureAwait(false);
            for (var i = 0; i < calls.Count; i++) calls[i].SetResult(answers[i]);
        }
        catch (Exception error) when (calls.Count > 1 && error is not DatabaseException { IsTransient: true })
        {
            foreach (var call in calls) await WriteAsync([call]).ConfigureAwait(false); // so that the others do not fail with the one that is to blame
        }
        catch (Exception error) // somebody awaits it, and the lane goes on
        {
            foreach (var call in calls) call.SetException(error);
        }
    }

    private sealed class Call(TItem item) : TaskCompletionSource<TAnswer>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        private int _isTaken;

        internal TItem Item => item;

        /// <summary>True for the first who asks: the one who writes it, or the one who gives it up.</summary>
        internal bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;
    }
}
