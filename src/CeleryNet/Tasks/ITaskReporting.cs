namespace CeleryNet.Tasks;

/// <summary>Makes the reporter of a run when its task first reports something, so that others pay nothing.</summary>
internal interface ITaskReporting
{
    /// <summary>The reporter of the run; <c>null</c> when nobody wants reports, or the run has ended.</summary>
    /// <param name="state">The state to be reported; <c>null</c> for PROGRESS.</param>
    /// <exception cref="TaskQueueException">The state is one of Celery's own.</exception>
    ITaskReporter? OpenReporter(string? state);
}
