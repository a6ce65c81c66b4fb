using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Serialization;
using CeleryNet.Worker.Steps;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker.Limits;

/// <summary>
/// Lets tasks start that have limits over all workers: asks the store right before the start, keeps what is held alive, and gives it back when the run has ended. A task that is refused waits
/// with those that wait for their eta and holds no slot. Thread-safe.
/// </summary>
internal sealed class PermitGate(
    IPermitStore store, WireOptions wire, HoldStep hold, WaitingRoom waiting, Endings endings, Action<TaskRequest> release, TimeProvider time, ILogger logger)
{
    private const int MostPerRenewal = 500;

    private readonly PermitQueues _queues = new(time);
    private readonly StoreWatch _watch = new(time, Random.Shared);
    private readonly HashSet<PermitHolding> _held = [];
    private readonly TaskCompletionSource _none = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _releasing = 1; // one for the worker itself, until it has stopped to run tasks

    /// <summary>Puts a task where it waits for which the store is not worth a question now. Asks nobody.</summary>
    /// <returns>False when it is.</returns>
    internal bool Holds(TaskRequest request, CancellationToken stopping)
    {
        if (PermitsOf(request) is not { Count: > 0 } permits) return false;
        Permit refused = default;
        if ((_watch.Wait() ?? _queues.WaitOf(permits, out refused)) is not { } wait) return false;
        Wait(request, refused, wait, stopping);
        return true;
    }

    /// <summary>Asks for what the task needs.</summary>
    /// <returns>False when it was refused: it waits now and comes again, or has been given back.</returns>
    internal async ValueTask<bool> TryEnterAsync(TaskRequest request, Slot slot, CancellationToken stopping)
    {
        if (PermitsOf(request) is not { Count: > 0 } permits) return true;
        if (Holds(request, stopping)) return false;
        if (!_watch.TryAsk())
        {
            Wait(request, default, _watch.Wait() ?? TimeSpan.Zero, stopping);
            return false;
        }

        PermitAnswer answer;
        try
        {
            answer = await store.AcquireAsync(permits, request.Pending!.Holder, stopping).ConfigureAwait(false);
            _watch.Answered();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            _ = endings.EndAsync(request, Verdict.Requeued, null, null, stopping); // counted there, and never fails
            return false;
        }
        catch (Exception error)
        {
            var delay = _watch.Failed();
            Log.PermitsNotAsked(logger, Printable.Limit(request.Message.Id), request.Message.TaskName, delay.TotalSeconds, error);
            Wait(request, default, delay, stopping);
            return false;
        }

        if (answer.Refused is { } position)
        {
            Wait(request, permits[position], _queues.Refused(permits[position], answer.Wait), stopping);
            return false;
        }

        Enter(permits, request.Pending!, slot); // it has one since its permits were looked up
        return true;
    }

    /// <summary>Keeps what is held alive until the worker gives up on what is unfinished: tasks run on while it stops.</summary>
    internal async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(store.LeaseDuration / 3, time);
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
        {
            try
            {
                await RunOnceAsync(stopping).ConfigureAwait(false);
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                Log.LoopRoundFailed(logger, nameof(PermitGate), error);
            }
        }
    }

    internal async ValueTask RunOnceAsync(CancellationToken stopping)
    {
        _queues.Prune(hold.Holds);
        foreach (var leases in Leases().Chunk(MostPerRenewal))
        {
            var lost = await store.RenewAsync(leases, restore: false, stopping).ConfigureAwait(false);
            if (lost.Count == 0) continue;

            // What ended meanwhile is not lost. What still runs counts, even if another one was let in.
            var running = Leases().ToHashSet();
            PermitLease[] missed = [.. lost.Where(running.Contains)];
            if (missed.Length == 0) continue;
            Log.PermitsLost(logger, missed.Length, store.LeaseDuration.TotalSeconds);
            await store.RenewAsync(missed, restore: true, stopping).ConfigureAwait(false);
        }
    }

    /// <summary>Returns when everything is given back, or the store was asked in vain. Called once, when no task runs any more.</summary>
    internal Task CompleteAsync()
    {
        Count(-1);
        return _none.Task;
    }

    private void Enter(IReadOnlyList<Permit> permits, PendingStart pending, Slot slot)
    {
        pending.WaitsSince = null;
        _queues.Granted(permits);
        PermitLease[] leases = [.. permits.Where(static permit => permit.Slots > 0).Select(permit => new PermitLease(permit.Key, pending.Holder))];
        if (leases.Length == 0) return; // those of a rate are not held
        var holding = new PermitHolding(slot, leases, Leave);
        lock (_held) _held.Add(holding);
        pending.Enter(holding);
        foreach (var permit in permits)
        {
            if (permit.Slots > 1) WakeNext(permit.Key); // there may be another one
        }
    }

    private void Leave(PermitHolding holding)
    {
        lock (_held) _held.Remove(holding);
        Count(1);
        _ = ReleaseAsync(holding.Leases); // counted, and never fails
    }

    private async Task ReleaseAsync(IReadOnlyList<PermitLease> leases)
    {
        try
        {
            await store.ReleaseAsync(leases, CancellationToken.None).ConfigureAwait(false);
            foreach (var lease in leases) WakeNext(lease.Key);
        }
        catch (Exception error)
        {
            Log.PermitsNotReleased(logger, leases[0].Key, store.LeaseDuration.TotalSeconds, error);
        }
        finally
        {
            Count(-1);
        }
    }

    // Who waits in this worker need not wait for the next question.
    private void WakeNext(string key)
    {
        while (_queues.Next(key) is { } next)
        {
            if (!hold.TryTake(next)) continue; // it has ended, or is on its way already
            release(next);
            return;
        }
    }

    private void Wait(TaskRequest request, in Permit permit, TimeSpan wait, CancellationToken stopping)
    {
        var pending = request.Pending!; // it has one since its permits were looked up
        pending.Turn = null; // it did not start then; whoever comes again gets another turn
        pending.WaitsSince ??= time.GetTimestamp();
        waiting.AcceptAgain(request, time.GetUtcNow() + wait, stopping);
        if (permit.Slots > 0 && hold.Holds(request)) _queues.Add(permit, request, pending);
    }

    private IReadOnlyList<Permit> PermitsOf(TaskRequest request)
    {
        if (request.Handler?.Definition is not { Conditions: { Limits.Count: > 0 } conditions, Name: var name }) return [];
        var pending = request.Pending ??= new PendingStart();
        if (pending.Permits is { } known) return known;
        try
        {
            var keys = conditions.LimitKeysOf(name, request.Body, wire);
            return pending.Permits = [.. conditions.Limits.Select((limit, index) =>
                limit.Slots > 0 ? Permit.OfConcurrency(keys[index], limit.Slots) : Permit.OfRate(keys[index], limit.Rate.Spacing))];
        }
        catch (Exception error) when (error is TaskArgumentException or MessageFormatException)
        {
            return pending.Permits = []; // it fails by itself when it starts, with the same message
        }
    }

    private List<PermitLease> Leases()
    {
        lock (_held) return [.. _held.SelectMany(static holding => holding.Leases)];
    }

    private void Count(int change)
    {
        if (Interlocked.Add(ref _releasing, change) == 0) _none.TrySetResult();
    }
}
