using CeleryNet.Diagnostics;
using CeleryNet.Serialization;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>
/// Ends tasks and counts those whose end is still on its way to the store. They hold no slot, since the depth of such writes decides their rate; what bounds them is the prefetch, as their
/// messages are not settled yet, and <see cref="Unstored"/> where the prefetch makes room for them. Thread-safe.
/// </summary>
internal sealed class Endings(Finisher finisher, LostSettlements lost, Unstored unstored, UniqueKeys? uniqueKeys, TimeProvider time, ILogger logger)
{
    // A store in order takes a millisecond or two. One that is away is known as such after its own timeout, which is too long for slots to wait.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private readonly TaskCompletionSource _none = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count = 1; // one for the worker itself, until it has stopped to run tasks

    /// <summary>Ends a task as the verdict says. Never fails: what goes wrong is logged, and the broker then delivers the message again.</summary>
    /// <param name="request">The task.</param>
    /// <param name="verdict">How it ends.</param>
    /// <param name="result">Holds the verdict's value; disposed here.</param>
    /// <param name="slot">Where it ran and was noted as ending; <c>null</c> when it never ran.</param>
    /// <param name="stopping">Cancelled when the worker gives up on what is unfinished.</param>
    internal async Task EndAsync(TaskRequest request, Verdict verdict, WireBuffer? result, Slot? slot, CancellationToken stopping)
    {
        Interlocked.Increment(ref _count);
        request.ResultBytes = verdict.Value.Length;
        try
        {
            // A verdict without state may have sent the task on under the same id and attempt, so that a second delivery says nothing.
            if (verdict.State is not null) request.EndsAs ??= verdict.Settlement;
            if (request.TakeReporter() is { } reporter) await reporter.CloseAsync(verdict.EndsInSilence).ConfigureAwait(false);
            if (request.LastStart is { } last) await last.EndAsync(verdict, stopping).ConfigureAwait(false);
            await finisher.FinishAsync(request, verdict, stopping).ConfigureAwait(false);
            if (request.WasLost) lost.Add(request);
            if (!stopping.IsCancellationRequested) uniqueKeys?.Ended(request, verdict); // else it may have been given back unfinished
        }
        catch (Exception error)
        {
            // A fault of this library, not of the task: the message stays unsettled, so that the broker delivers it again when this worker ends.
            Log.TaskNotFinished(logger, Printable.Limit(request.Message.Id), Printable.Limit(request.Message.TaskName), error);
        }
        finally
        {
            result?.Dispose();
            slot?.Ended(request);
            unstored.End(request);
            if (Interlocked.Decrement(ref _count) == 0) _none.TrySetResult();
        }
    }

    /// <summary>Returns when the task has ended, or waits for store or broker in a place outside its slot. Without such a place the slot waits with it.</summary>
    internal async ValueTask LeaveAsync(TaskRequest request, Task ending)
    {
        if (!finisher.IsHeldUp)
        {
            try
            {
                await ending.WaitAsync(Patience, time).ConfigureAwait(false);
                return;
            }
            catch (TimeoutException)
            {
                // it may be the first to find the store away
            }
        }

        if (!unstored.TryAdd(request)) await ending.ConfigureAwait(false);
    }

    /// <summary>Returns when all have ended. Called once, when no task runs any more.</summary>
    internal Task CompleteAsync()
    {
        if (Interlocked.Decrement(ref _count) == 0) _none.TrySetResult();
        return _none.Task;
    }
}
