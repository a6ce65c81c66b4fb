using CeleryNet.Diagnostics;
using CeleryNet.Results;
using CeleryNet.Worker.Limits;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>The last questions before a start, for tasks that ask for them: has its id finished already, and do the limits over all workers allow it? Thread-safe.</summary>
internal sealed class Admission(IResultBackend results, PermitGate? permits, WaitingRoom waiting, Endings endings, TimeProvider time, ILogger logger)
{
    private readonly StoreWatch _results = new(time, Random.Shared);

    /// <summary>True when there is something to ask.</summary>
    internal static bool IsNeeded(TaskRequest request) => request.Policy.SkipFinished == true || request.Handler?.Definition.Conditions is { Limits.Count: > 0 };

    /// <summary>Puts a task where it waits that would be refused now, as far as this worker knows. Asks nobody.</summary>
    /// <returns>False when it may be asked for.</returns>
    internal bool Holds(TaskRequest request, CancellationToken stopping)
    {
        if (request.Policy.SkipFinished == true && _results.Wait() is { } pause)
        {
            Wait(request, pause, stopping);
            return true;
        }

        return permits?.Holds(request, stopping) == true;
    }

    /// <summary>Asks.</summary>
    /// <returns>False when it does not start now: it has ended, waits, or was given back.</returns>
    internal async ValueTask<bool> MayStartAsync(TaskRequest request, Slot slot, CancellationToken stopping)
    {
        if (request.Policy.SkipFinished == true && !await IsUnfinishedAsync(request, stopping).ConfigureAwait(false)) return false;
        return permits is null || await permits.TryEnterAsync(request, slot, stopping).ConfigureAwait(false);
    }

    private async ValueTask<bool> IsUnfinishedAsync(TaskRequest request, CancellationToken stopping)
    {
        if (!_results.TryAsk())
        {
            Wait(request, _results.Wait() ?? TimeSpan.Zero, stopping);
            return false;
        }

        var id = request.Message.Id!; // read, so it has one
        try
        {
            var known = await results.GetAsync(id, stopping).ConfigureAwait(false);
            _results.Answered();
            if (known is not { IsReady: true }) return true;
            Log.FinishedBefore(logger, Printable.Limit(id), request.Message.TaskName, known.State);
            // Whether what follows it was sent, nobody knows.
            await endings.EndAsync(request, request.Body.HasFollowUps ? Verdict.EndedBefore(known) : Verdict.Ignored, null, null, stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await endings.EndAsync(request, Verdict.Requeued, null, null, stopping).ConfigureAwait(false);
        }
        catch (TaskQueueException error)
        {
            Log.StateNotRead(logger, Printable.Limit(id), results.Address, error);
            Wait(request, _results.Failed(), stopping);
        }

        return false;
    }

    private void Wait(TaskRequest request, TimeSpan wait, CancellationToken stopping)
    {
        var pending = request.Pending ??= new PendingStart();
        pending.Turn = null; // it did not start then; when it comes again, it gets another turn
        pending.WaitsSince ??= time.GetTimestamp();
        waiting.AcceptAgain(request, time.GetUtcNow() + wait, stopping);
    }
}
