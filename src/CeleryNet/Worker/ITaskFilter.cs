namespace CeleryNet;

/// <summary>
/// Runs around the tasks of a worker, inside the attempt's scope: <c>queue.AddFilter&lt;T&gt;()</c>. Filters nest in the order of their registration, the first outermost. What a filter throws is
/// treated as thrown by the task: an error fails or retries it, a <see cref="TaskOutcomeException"/> ends it as it says. The worker goes on in any case.
/// </summary>
/// <remarks>Arguments that do not fit are an exception of <c>next</c>. A task that is revoked, expired or unknown before it runs passes no filter.</remarks>
public interface ITaskFilter
{
    /// <summary>Runs the task: <c>var outcome = await next(); return outcome;</c></summary>
    /// <param name="context">The running task.</param>
    /// <param name="next">Runs the filters after this one, then the task; to be called once at most. Without calling it, the task ends with what is returned here and did not run.</param>
    /// <returns>
    /// What <paramref name="next"/> returned, or another outcome in its place. <see cref="TaskOutcome.Success"/> keeps the task's return value; where the task has none, since it threw or did not
    /// run, the result is null.
    /// </returns>
    ValueTask<TaskOutcome> InvokeAsync(TaskContext context, TaskRunDelegate next);
}
