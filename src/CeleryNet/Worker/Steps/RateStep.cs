using System.Collections.Concurrent;
using CeleryNet.Tasks;
using CeleryNet.Worker.Limits;

namespace CeleryNet.Worker.Steps;

/// <summary>Gives each start of a task with a rate limit its moment: Celery's <c>rate_limit</c>, counted by this worker alone. Thread-safe.</summary>
/// <param name="table">What was changed at run time.</param>
/// <param name="hold">Where those wait that have a moment.</param>
/// <param name="window">How far ahead moments are given away. Whoever would wait for longer waits at the broker, where any worker may get it, and has none.</param>
/// <param name="time">The clock.</param>
internal sealed class RateStep(RateTable table, HoldStep hold, TimeSpan window, TimeProvider time)
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(5); // by which the clock that wakes may be ahead of the one that counts

    private readonly ConcurrentDictionary<string, (TaskRate Rate, RateLimiter Limiter)> _limiters = new();

    /// <summary>When the task is to be looked at again; <c>null</c> when it may start now. A moment that is its own is noted with it.</summary>
    internal DateTimeOffset? TurnOf(TaskRequest request)
    {
        var task = request.Message.TaskName!; // read, so it has a name
        if ((table.Find(task) ?? request.Policy.RateLimit) is not { IsUnlimited: false } rate) return null;
        var pending = request.Pending ??= new PendingStart();
        if (pending.Turn is { } turn)
        {
            // Asked again because the clock that wakes it was set forward, else it is its turn.
            var left = time.GetElapsedTime(time.GetTimestamp(), turn);
            return left > Tolerance ? time.GetUtcNow() + left : null;
        }

        var limiter = LimiterOf(task, rate);
        if (limiter.TryTake(hold.HasRoom ? window : WaitingRoom.Near) is not { } wait) return time.GetUtcNow() + limiter.Away();
        pending.Turn = time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency);
        return wait > TimeSpan.Zero ? time.GetUtcNow() + wait : null;
    }

    /// <summary>Takes the tasks that wait for a start under the old rate; they are to be given another one.</summary>
    internal List<TaskRequest> Reset(string task)
    {
        _limiters.TryRemove(task, out _);
        var waiting = hold.TakeWhere(request => request.Pending?.Turn is not null && request.Message.TaskName == task);
        foreach (var request in waiting) request.Pending!.Turn = null; // each has one, by the line above
        return waiting;
    }

    private RateLimiter LimiterOf(string task, TaskRate rate)
    {
        if (_limiters.TryGetValue(task, out var known) && known.Rate == rate) return known.Limiter;
        return _limiters.AddOrUpdate(
            task,
            static (_, made) => made,
            static (_, old, made) => old.Rate == made.Rate ? old : made,
            (Rate: rate, Limiter: new RateLimiter(rate.Spacing, time))).Limiter;
    }
}
