using System.Diagnostics.CodeAnalysis;

namespace CeleryNet.Worker;

/// <summary>
/// Lets a task run while nothing else runs in this worker, so that a process that dies then has died of that task. One at a time. Bounded in both directions, so that a worker with long tasks does
/// not stand still: the task waits a while for the others to end, and the others wait a while for it. Thread-safe.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The semaphore holds no handle, and a late comer may still wait for it.")]
internal sealed class LoneGate(RunningTasks running, TimeProvider time, CancellationToken stopping)
{
    /// <summary>How long a task waits for the others to end, from when no other may start; then it starts beside them.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>How long the others wait, from when it may start; then they start beside it.</summary>
    internal static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(30);

    // Between two turns, so that the others come to run where many tasks want to be alone.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // Looked at, since a signal from each task that ends would cost every task a barrier.
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile TaskCompletionSource? _closed; // completed when the gate opens
    private long? _opened; // when the last turn ended; used only by whoever has the turn

    /// <summary>
    /// True while no other task may start. Asked after the task is in its slot and a memory barrier: either it sees the closed gate, or the gate sees the task.
    /// </summary>
    internal bool IsClosed => _closed is not null;

    /// <summary>Waits until the gate is open.</summary>
    /// <returns>False when the worker stops: nothing more starts.</returns>
    internal async ValueTask<bool> OpensAsync()
    {
        try
        {
            if (_closed is { } closed) await closed.Task.WaitAsync(stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Told by what is returned.
        }

        return !stopping.IsCancellationRequested;
    }

    /// <summary>Closes the gate and waits until nothing runs, or long enough.</summary>
    /// <returns>The turn, which ends when it is disposed or has lasted too long; <c>null</c> when the worker stops.</returns>
    internal async ValueTask<LoneTurn?> EnterAsync()
    {
        try
        {
            await _turn.WaitAsync(stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return null;
        }

        try
        {
            if (_opened is { } opened && Pause - time.GetElapsedTime(opened) is { } rest && rest > TimeSpan.Zero) await Task.Delay(rest, time, stopping).ConfigureAwait(false);
            _closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Interlocked.MemoryBarrier(); // whoever did not see it closed is seen in its slot
            var start = time.GetTimestamp();
            while (running.Count > 0 && time.GetElapsedTime(start) < LongestWait) await Task.Delay(LookInterval, time, stopping).ConfigureAwait(false);
            return new LoneTurn(Open, LongestTurn, time);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Open();
            return null;
        }
    }

    private void Open()
    {
        var closed = _closed;
        _closed = null;
        _opened = time.GetTimestamp();
        closed?.TrySetResult();
        _turn.Release();
    }
}
