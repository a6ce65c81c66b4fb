namespace CeleryNet;

/// <summary>
/// How a run ends, as a value: what a <c>[Task]</c> method returns that has more to say than a result. A task with a result returns <see cref="TaskOutcome{T}"/>, to which both a value and an
/// outcome convert: <c>return isBusy ? TaskOutcome.Snooze(TimeSpan.FromMinutes(1)) : size;</c>
/// </summary>
public sealed record TaskOutcome
{
    private TaskOutcome(TaskOutcomeKind kind) => Kind = kind;

    /// <summary>What is to happen.</summary>
    public TaskOutcomeKind Kind { get; }

    /// <summary>After what time it runs again; <c>null</c> for the moment <see cref="Due"/>, or for the delay of the task's own settings.</summary>
    public TimeSpan? Delay { get; private init; }

    /// <summary>The moment at which it runs again; <c>null</c> when <see cref="Delay"/> says so.</summary>
    public DateTimeOffset? Due { get; private init; }

    /// <summary>The error that made a retry necessary; it is the task's error when no attempt is left.</summary>
    public Exception? Error { get; private init; }

    /// <summary>Why, for people: in the error of a cancelled task and with a dead letter.</summary>
    public string? Reason { get; private init; }

    /// <summary>How many retries are allowed, instead of the task's own setting; -1 for any number.</summary>
    public int? MaxRetries { get; private init; }

    /// <summary>True when a rejected task goes back to its queue instead of to the dead letters.</summary>
    public bool IsRequeued { get; private init; }

    /// <summary>New arguments for the next attempt; <c>null</c> for the same.</summary>
    internal Tasks.TaskArguments? Arguments { get; init; }

    /// <summary>The signature that takes the task's place, as JSON.</summary>
    internal ReadOnlyMemory<byte> Replacement { get; private init; }

    /// <summary>Done, without a value.</summary>
    public static TaskOutcome Success { get; } = new(TaskOutcomeKind.Success);

    /// <summary>Done, and nothing is stored: whoever waits for the result waits for ever, as in Celery.</summary>
    public static TaskOutcome Ignore { get; } = new(TaskOutcomeKind.Ignore);

    /// <summary>Runs again under its id, with one retry more. Fails with <paramref name="error"/> when no retry is left.</summary>
    /// <param name="delay">After what time; <c>null</c> for the delay of the task's settings, by default 3 minutes.</param>
    /// <param name="error">What went wrong; the state RETRY shows it.</param>
    /// <param name="maxRetries">How many retries are allowed, instead of the task's own setting (by default 3); -1 for any number.</param>
    public static TaskOutcome Retry(TimeSpan? delay = null, Exception? error = null, int? maxRetries = null)
    {
        if (delay < TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(delay), delay, "A delay is not negative.");
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRetries ?? 0, -1, nameof(maxRetries));
        return new TaskOutcome(TaskOutcomeKind.Retry) { Delay = delay, Error = error, MaxRetries = maxRetries };
    }

    /// <summary>Runs again under its id at a moment, with one retry more.</summary>
    /// <inheritdoc cref="Retry(TimeSpan?, Exception?, int?)"/>
    public static TaskOutcome RetryAt(DateTimeOffset due, Exception? error = null, int? maxRetries = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRetries ?? 0, -1, nameof(maxRetries));
        return new TaskOutcome(TaskOutcomeKind.Retry) { Due = due, Error = error, MaxRetries = maxRetries };
    }

    /// <summary>Runs again later as if it had not begun: no attempt is spent and nothing is stored.</summary>
    /// <param name="delay">After what time.</param>
    public static TaskOutcome Snooze(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return new TaskOutcome(TaskOutcomeKind.Snooze) { Delay = delay };
    }

    /// <summary>Runs again at a moment as if it had not begun.</summary>
    public static TaskOutcome SnoozeUntil(DateTimeOffset due) => new(TaskOutcomeKind.Snooze) { Due = due };

    internal static TaskOutcome Replace(ReadOnlyMemory<byte> signature) => new(TaskOutcomeKind.Replace) { Replacement = signature };

    /// <summary>Ends as REVOKED: the work is no longer wanted.</summary>
    /// <param name="reason">Why; in the error that a waiter gets.</param>
    public static TaskOutcome Cancel(string? reason = null) => new(TaskOutcomeKind.Cancel) { Reason = reason };

    /// <summary>Refuses the task: it goes to the dead letters of its queue, or back to the queue. Celery's <c>Reject</c>.</summary>
    /// <param name="requeue">True: back to its queue at once; it counts as a delivery, of which there are at most <c>MaxDeliveries</c>.</param>
    /// <param name="reason">Why; kept with the dead letter.</param>
    public static TaskOutcome Reject(bool requeue = false, string? reason = null) => new(TaskOutcomeKind.Reject) { IsRequeued = requeue, Reason = reason };
}
