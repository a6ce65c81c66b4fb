namespace CeleryNet;

/// <summary>Retrying with other arguments.</summary>
public static class RetryExtensions
{
    /// <summary>
    /// Runs the task again later under its id with new arguments: <c>throw context.Retry(ImageTasks.ResizeTask(image, width / 2), error: error);</c> Countdown and eta come from the call's
    /// options; its other options do not count.
    /// </summary>
    /// <param name="context">The context of the running task.</param>
    /// <param name="call">A call of the same task with the arguments of the next attempt.</param>
    /// <param name="error">What went wrong; the state RETRY shows it, and it is the task's error when no retry is left.</param>
    /// <param name="maxRetries">How many retries are allowed, instead of the task's own setting (by default 3); -1 for any number.</param>
    /// <returns>The exception to throw.</returns>
    /// <exception cref="ArgumentException"><paramref name="call"/> is a call of another task.</exception>
    public static TaskOutcomeException Retry(this TaskContext context, Signature call, Exception? error = null, int? maxRetries = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(call);
        if (call.Name != context.Name) throw new ArgumentException($"Task '{context.Name}' can be retried as itself only, not as '{call.Name}'. Send that one instead.", nameof(call));
        var outcome = call.Options.Eta is { } eta ? TaskOutcome.RetryAt(eta, error, maxRetries) : TaskOutcome.Retry(call.Options.Countdown, error, maxRetries);
        return new TaskOutcomeException(outcome with { Arguments = call.Arguments });
    }
}
