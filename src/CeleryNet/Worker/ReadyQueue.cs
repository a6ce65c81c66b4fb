using System.Collections.Concurrent;
using System.Threading.Channels;

namespace CeleryNet.Worker;

/// <summary>
/// Tasks that are ready to run, first in, first out, taken by the execution loops. Unbounded; what bounds it is the prefetch. Can be looked into, and can send loops home. Thread-safe.
/// </summary>
internal sealed class ReadyQueue
{
    private readonly Channel<TaskRequest?> _channel = Channel.CreateUnbounded<TaskRequest?>(); // null only wakes a loop

    // The same once more, since nobody can look into a channel. Both are first in, first out, so it is enough to take one here for each that is taken there.
    private readonly ConcurrentQueue<TaskRequest> _shown = new();
    private int _dismissed;

    /// <summary>How many wait.</summary>
    internal int Count => _shown.Count;

    /// <summary>Adds a task.</summary>
    /// <returns>False when the queue is closed; the task stays the caller's.</returns>
    internal bool TryAdd(TaskRequest request)
    {
        _shown.Enqueue(request); // first, since a loop may take the task before this returns
        if (_channel.Writer.TryWrite(request)) return true;
        _shown.TryDequeue(out _);
        return false;
    }

    /// <summary>The next task; <c>null</c> when the caller is to end: it is dismissed, or the queue is closed and empty.</summary>
    internal async ValueTask<TaskRequest?> NextAsync()
    {
        try
        {
            while (!IsDismissed())
            {
                // Not WaitToReadAsync: one message would wake every loop that waits.
                if (!_channel.Reader.TryRead(out var request)) request = await _channel.Reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
                if (Taken(request) is not null) return request;
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
        _channel.Writer.TryComplete();
        var waiting = new List<TaskRequest>();
        while (_channel.Reader.TryRead(out var request))
        {
            if (Taken(request) is { } left) waiting.Add(left);
        }

        return waiting;
    }

    /// <summary>Ends this many loops: those that wait at once, others after their task.</summary>
    internal void Dismiss(int loops)
    {
        Interlocked.Add(ref _dismissed, loops);
        for (var i = 0; i < loops; i++) _channel.Writer.TryWrite(null);
    }

    /// <summary>Keeps loops that were dismissed and have not ended yet.</summary>
    /// <returns>How many of those asked for.</returns>
    internal int Recall(int loops)
    {
        var recalled = 0;
        while (recalled < loops && IsDismissed()) recalled++;
        return recalled;
    }

    /// <summary>What waits at the moment, in its order; one that has just been taken may be among it.</summary>
    internal List<TaskRequest> Look() => [.. _shown];

    private TaskRequest? Taken(TaskRequest? request)
    {
        if (request is not null) _shown.TryDequeue(out _);
        return request;
    }

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
