using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Worker.Limits;
using CeleryNet.Worker.Loops;
using CeleryNet.Worker.Steps;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>
/// Where a task waits for its time: in memory when it is due soon and there is room, else parked at the broker where that can. Any number of tasks may be on their way to the broker at once;
/// the intake does not wait for them. Thread-safe.
/// </summary>
internal sealed class WaitingRoom(HoldStep hold, DueLoop dueLoop, DiscardStep discard, Endings endings, Action heldChanged, TimeSpan window, TimeProvider time, ILogger logger)
{
    // What is parked may come back up to a second early: parked for less, it would go back and forth.
    internal static readonly TimeSpan Near = TimeSpan.FromSeconds(2);

    // How far a broker may lag behind when a crowd is due: 10 000 within 30 s were up to 10 s late on two busy cores.
    private static readonly TimeSpan LongestLead = TimeSpan.FromSeconds(24);

    // Brokers take back what is not settled for a long time; RabbitMQ after 30 minutes.
    private static readonly TimeSpan LongestStay = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan ShortestAbsence = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestAbsence = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AbsenceSpacing = TimeSpan.FromMilliseconds(2);

    private readonly Lock _lock = new();
    private readonly long _origin = time.GetTimestamp();
    private readonly Spread _absences = new(LongestAbsence); // under the lock

    private readonly TaskCompletionSource _none = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _parking = 1; // one for the intake, until it has ended

    /// <summary>
    /// Takes a task that waits for something without a certain time, and is looked at again soon. Where there is no room for more, or it has been here for long, it waits at the broker for at
    /// least 3 seconds instead.
    /// </summary>
    internal void AcceptAgain(TaskRequest request, DateTimeOffset due, CancellationToken stopping)
    {
        var now = time.GetUtcNow();
        if (due - now <= Near && !hold.HasRoom) due = now + Absence();
        else if (HasStayed(request)) due = now + window + ShortestAbsence; // beyond the window: parked
        Accept(request, HoldStep.Earlier(due, request.Message.Expires), stopping);
    }

    /// <summary>Takes a task that is not due yet.</summary>
    internal void Accept(TaskRequest request, DateTimeOffset due, CancellationToken stopping)
    {
        var isReserved = hold.TryReserve(request);
        var wait = due - time.GetUtcNow();
        if (request.Consumer is IParkingConsumer parking && wait > Near && (!isReserved || wait > window))
        {
            Interlocked.Increment(ref _parking);
            // It comes back ahead of its time and is held for the rest, so that a crowd of due tasks is not late because the broker hands them out one after the other.
            var back = isReserved && wait > window ? due - (window - Near < LongestLead ? window - Near : LongestLead) : due;
            _ = ParkAsync(parking, request, due, back, isReserved, stopping); // counted, and never fails
            heldChanged(); // its place counts while it is on its way
            return;
        }

        Hold(request, due, isReserved, stopping);
    }

    /// <summary>Returns when no task is on its way to the broker. Called once, when nothing is taken in any more.</summary>
    internal Task CompleteAsync()
    {
        Count(-1);
        return _none.Task;
    }

    private bool HasStayed(TaskRequest request) => request.Pending?.WaitsSince is { } since && time.GetElapsedTime(since) > LongestStay;

    private TimeSpan Absence()
    {
        lock (_lock)
        {
            var now = time.GetElapsedTime(_origin);
            return _absences.Next(now + ShortestAbsence, AbsenceSpacing) - now;
        }
    }

    private async Task ParkAsync(IParkingConsumer parking, TaskRequest request, DateTimeOffset due, DateTimeOffset back, bool isReserved, CancellationToken stopping)
    {
        var isParked = false;
        try
        {
            isParked = await parking.ParkAsync(request.Delivery, back, stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The delivery goes back with the rest.
        }
        catch (Exception error)
        {
            Log.TaskNotParked(logger, Printable.Limit(request.Message.Id), Printable.Limit(request.Message.TaskName), error);
        }

        if (!isParked)
        {
            Hold(request, due, isReserved, stopping);
        }
        else if (isReserved)
        {
            hold.Release(request);
            heldChanged();
        }

        Count(-1);
    }

    private void Hold(TaskRequest request, DateTimeOffset due, bool isReserved, CancellationToken stopping)
    {
        if (!hold.TryHold(request, due, isReserved))
        {
            _ = endings.EndAsync(request, Verdict.Requeued, null, null, stopping); // counted there, and never fails
            return;
        }

        // A revocation that came between the judgement on receipt and this moment has not found it here. Whoever takes it out ends it.
        if (discard.IsRevoked(request) && hold.TakeWhere(held => held == request).Count == 1) _ = endings.EndAsync(request, Verdict.RevokedEarly, null, null, stopping);
        dueLoop.Wake();
        heldChanged();
    }

    private void Count(int change)
    {
        if (Interlocked.Add(ref _parking, change) == 0) _none.TrySetResult();
    }
}
