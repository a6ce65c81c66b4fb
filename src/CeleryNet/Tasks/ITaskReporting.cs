namespace CeleryNet.Tasks;

/// <summary>Makes the reporter of a run when its task first reports something, so that others pay nothing.</summary>
internal interface ITaskReporting
{
    /// <summary>The reporter of the run; <c>null</c> when nobody wants reports, or the run has ended.</summary>
    ITaskReporter? OpenReporter();
}
