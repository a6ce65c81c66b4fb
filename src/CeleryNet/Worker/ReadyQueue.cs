using System.Collections.Concurrent;
using System.Threading.Channels;

namespace CeleryNet.Worker;

/// <summary>
/// Tasks that are ready to run, taken by the execution loops: first in, first out, or in the turns of weighted queues. Unbounded; what bounds it is the prefetch. Can be looked into, and can send
/// loops home. Thread-safe.
/// </summary>
/// <param name="turns">The order where queues have weights; null for that of arrival.</param>
internal sealed class ReadyQueue(WeightedTurns? turns = null)
{
    // One token for each task, written after it, so that whoever has a token finds a task; it wakes one loop, as a channel of tasks would. False is no task's: it only wakes.
    private readonly Channel<bool> _tokens = Channel.CreateUnbounded<bool>();
    private readonly ConcurrentQueue<TaskRequest> _inOrder = new(); // not in the channel itself, since nobody can look into one
    private readonly Lock _adding = new();
    private bool _isClosed; // under the lock, so that no task comes in without a token
    private int _dismissed;

    /// <summary>How many wait.</summary>
    internal int Count => turns is null ? _inOrder.Count : Locked(static turns => turns.Count);

    /// <summary>Adds a task.</summary>
    /// <returns>False when the queue is closed; the task stays the caller's.</returns>
    internal bool TryAdd(TaskRequest request)
    {
        lock (_adding)
        {
            if (_isClosed) return false;
            if (turns is null) _inOrder.Enqueue(request);
            else turns.Add(request);
            return _tokens.Writer.TryWrite(true);
        }
    }

    /// <summary>The next task; <c>null</c> when the caller is to end: it is dismissed, or the queue is closed and empty.</summary>
    internal async ValueTask<TaskRequest?> NextAsync()
    {
        try
        {
            while (!IsDismissed())
            {
                // Not WaitToReadAsync: one token would wake every loop that waits.
                if (!_tokens.Reader.TryRead(out var isTask)) isTask = await _tokens.Reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
                if (isTask) return Take();
            }
        }
        catch (ChannelClosedException)
        {
            // nothing comes any more
        }

        return null;
    }

    /// <summary>Closes the queue: nothing is taken in any more.</summary>
    /// <returns>What waited.</returns>
    internal List<TaskRequest> Close()
    {
        lock (_adding) _isClosed = true;
        _tokens.Writer.TryComplete();
        return TakeAll();
    }

    /// <summary>Takes out what waits.</summary>
    internal List<TaskRequest> TakeAll()
    {
        var waiting = new List<TaskRequest>();
        var wakes = 0;
        while (_tokens.Reader.TryRead(out var isTask))
        {
            if (isTask) waiting.Add(Take());
            else wakes++;
        }

        Wake(wakes);
        return waiting;
    }

    /// <summary>Ends this many loops: those that wait at once, others after their task.</summary>
    internal void Dismiss(int loops)
    {
        Interlocked.Add(ref _dismissed, loops);
        Wake(loops);
    }

    /// <summary>Keeps loops that were dismissed and have not ended yet.</summary>
    /// <returns>How many of those asked for.</returns>
    internal int Recall(int loops)
    {
        var recalled = 0;
        while (recalled < loops && IsDismissed()) recalled++;
        return recalled;
    }

    /// <summary>What waits at the moment; within one queue in its order.</summary>
    internal List<TaskRequest> Look() => turns is null ? [.. _inOrder] : Locked(static turns => turns.Look());

    private TaskRequest Take()
    {
        TaskRequest? request;
        if (turns is null) return _inOrder.TryDequeue(out request) ? request : throw Missing();
        lock (_adding) return turns.TryTake(out request) ? request : throw Missing();
    }

    private T Locked<T>(Func<WeightedTurns, T> read)
    {
        lock (_adding) return read(turns!); // asked for only where there are turns
    }

    // What was dismissed and finds the channel closed ends as well.
    private void Wake(int loops)
    {
        for (var i = 0; i < loops; i++) _tokens.Writer.TryWrite(false);
    }

    private static InvalidOperationException Missing() => new("A task that was announced is not there.");

    private bool IsDismissed()
    {
        var count = Volatile.Read(ref _dismissed);
        while (count > 0)
        {
            var seen = Interlocked.CompareExchange(ref _dismissed, count - 1, count);
            if (seen == count) return true;
            count = seen;
        }

        return false;
    }
}
