using CeleryNet.Diagnostics;
using CeleryNet.Worker.Loops;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>
/// Owns the execution loops, more or fewer of them as is asked for. A loop whose task ran into its hard limit is abandoned: another one takes its place at once, and nobody waits for it any more. Thread-safe.
/// </summary>
internal sealed class ExecutionSlots(ReadyQueue ready, TaskExecutor executor, RunningTasks running, LoneGate gate, Action<TaskRequest> giveBack, ILogger logger)
{
    private const int MostThreads = 512;

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _none = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationToken _stopping;
    private int _count; // loops that are not abandoned
    private int _wanted; // loops there are to be
    private int _abandoned; // loops that are, and have not ended yet

    /// <summary>How many tasks are to run at once.</summary>
    internal int Wanted
    {
        get
        {
            lock (_lock) return _wanted;
        }
    }

    /// <summary>How many tasks can run at once; more than <see cref="Wanted"/> while loops that were dismissed have not ended.</summary>
    internal int Count
    {
        get
        {
            lock (_lock) return _count;
        }
    }

    /// <summary>How many tasks ran into their hard limit and have not ended yet.</summary>
    internal int Abandoned
    {
        get
        {
            lock (_lock) return _abandoned;
        }
    }

    /// <summary>Starts the loops; they end when nothing more is ready and nothing can become ready.</summary>
    /// <param name="count">How many.</param>
    /// <param name="stopping">Cancelled when the worker gives up on what is unfinished.</param>
    internal void Start(int count, CancellationToken stopping)
    {
        _stopping = stopping;
        Resize(count);
    }

    /// <summary>Changes how many tasks can run at once. What runs goes on to its end.</summary>
    /// <param name="count">At least 1.</param>
    internal void Resize(int count)
    {
        int change;
        lock (_lock)
        {
            change = count - _wanted;
            _wanted = count;
        }

        if (change < 0)
        {
            ready.Dismiss(-change);
            return;
        }

        for (var i = ready.Recall(change); i < change; i++) Add();
        ReserveThreads();
    }

    /// <summary>Returns when every loop that is not abandoned has ended. Call it when nothing can become ready any more.</summary>
    internal Task CompleteAsync() => _none.Task;

    private void Add()
    {
        var slot = new Slot(Replace);
        running.Add(slot);
        lock (_lock) _count++;
        _ = RunAsync(slot); // counted until it ends, and never fails
    }

    // The new loop is counted before the old one is not, so that the slots never seem to have ended.
    private void Replace(Slot slot)
    {
        WorkerTelemetry.RunawayBegan();
        Add();
        lock (_lock) _abandoned++;
        ReserveThreads();
        CountDown();
    }

    private async Task RunAsync(Slot slot)
    {
        try
        {
            await new ExecutionLoop(ready, executor, gate, giveBack, slot, logger).RunAsync(_stopping).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            Log.LoopEnded(logger, nameof(ExecutionLoop), error);
        }

        running.Remove(slot);
        Leave(slot);
    }

    private void Leave(Slot slot)
    {
        if (!slot.IsAbandoned)
        {
            CountDown();
            return;
        }

        lock (_lock) _abandoned--;
        WorkerTelemetry.RunawayEnded();
    }

    private void CountDown()
    {
        lock (_lock)
        {
            if (--_count > 0) return;
        }

        _none.TrySetResult();
    }

    // Synchronous handlers block their thread. The pool starts with one per processor and adds others slowly; without this, eight sleeping tasks would stall heartbeats.
    private void ReserveThreads()
    {
        ThreadPool.GetMinThreads(out var workers, out var ports);
        var wanted = Math.Min(Count + Abandoned, MostThreads) + Environment.ProcessorCount;
        if (workers < wanted) ThreadPool.SetMinThreads(wanted, ports);
    }
}
