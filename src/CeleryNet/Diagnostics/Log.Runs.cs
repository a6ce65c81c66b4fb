using Microsoft.Extensions.Logging;

namespace CeleryNet.Diagnostics;

/// <summary>Log events of runs: limits, revocation, adoption.</summary>
internal static partial class Log
{
    [LoggerMessage(2030, LogLevel.Error, "Task {TaskId} {TaskName} exceeded its hard time limit of {LimitSeconds} s and failed; it still runs, its slot is replaced and its result will be dropped")]
    internal static partial void TimeLimitExceeded(ILogger logger, string? taskId, string? taskName, double limitSeconds);

    [LoggerMessage(2031, LogLevel.Warning, "Task {TaskId} {TaskName} ended after {ElapsedSeconds:F1} s, behind its hard time limit; what it ended with is dropped")]
    internal static partial void RunawayEnded(ILogger logger, string? taskId, string? taskName, double elapsedSeconds, Exception? error);

    [LoggerMessage(2032, LogLevel.Error, "Task {TaskId} {TaskName} was ended by its soft time limit and failed")]
    internal static partial void SoftTimeLimitExceeded(ILogger logger, string? taskId, string? taskName);

    [LoggerMessage(2033, LogLevel.Information, "Task {TaskId} {TaskName} was revoked while it ran, and ended")]
    internal static partial void TaskTerminated(ILogger logger, string? taskId, string? taskName);

    [LoggerMessage(2034, LogLevel.Information, "Task {TaskId} {TaskName} is revoked, it does not run")]
    internal static partial void TaskRevoked(ILogger logger, string? taskId, string? taskName);

    [LoggerMessage(2035, LogLevel.Error, "What task {TaskId} {TaskName} registered on its token failed when the token was cancelled")]
    internal static partial void CancelCallbackFailed(ILogger logger, string? taskId, string? taskName, Exception error);

    [LoggerMessage(2036, LogLevel.Warning, "Task {TaskId} {TaskName} was delivered again while it runs here; the run goes on and takes the new delivery over")]
    internal static partial void TaskAdopted(ILogger logger, string? taskId, string? taskName);

    [LoggerMessage(2037, LogLevel.Warning, "Task {TaskId} {TaskName} was delivered again although it has run here; it is settled as the run was")]
    internal static partial void TaskSettledAgain(ILogger logger, string? taskId, string? taskName);

    [LoggerMessage(2038, LogLevel.Warning, "Task {TaskId} {TaskName} could not be parked at the broker, it waits in memory")]
    internal static partial void TaskNotParked(ILogger logger, string taskId, string taskName, Exception error);

    [LoggerMessage(2039, LogLevel.Critical, "{Loop} ended because of a fault in the worker, which does less now")]
    internal static partial void LoopEnded(ILogger logger, string loop, Exception error);

    [LoggerMessage(
        2040, LogLevel.Warning,
        "Task {TaskName} may run for {LimitSeconds} s (TimeLimit), but {Broker} takes a message back that is not settled within {DeadlineSeconds} s. Raise the server's value (consumer_timeout) or lower the limit")]
    internal static partial void LimitBeyondDeadline(ILogger logger, string taskName, double limitSeconds, string broker, double deadlineSeconds);

    [LoggerMessage(2044, LogLevel.Warning, "Task {TaskId} {TaskName} was started {Starts} times without an end; its last start waits until nothing else runs in this worker")]
    internal static partial void TaskStartsAlone(ILogger logger, string taskId, string taskName, int starts);

    [LoggerMessage(2045, LogLevel.Warning, "The last start of task {TaskId} {TaskName} could not be noted at the broker, or asked for")]
    internal static partial void StartNotNoted(ILogger logger, string taskId, string taskName, Exception error);

    [LoggerMessage(2046, LogLevel.Warning, "The last start of task {TaskId} {TaskName} is over but still noted at the broker; delivered again, the task is given up")]
    internal static partial void StartNotTakenBack(ILogger logger, string taskId, string taskName, Exception error);

    [LoggerMessage(2041, LogLevel.Warning, "Worker {NodeName} hurries: it does not wait for {Running} running tasks any longer")]
    internal static partial void WorkerHurries(ILogger logger, string nodeName, int running);

    [LoggerMessage(2042, LogLevel.Warning, "Worker {NodeName} stops while {Running} tasks have not ended; their messages are back in the queue, so they run twice, at least in part")]
    internal static partial void WorkerLeaves(ILogger logger, string nodeName, int running);

    [LoggerMessage(2065, LogLevel.Error, "Listener {Listener} failed at {Event}, the worker goes on")]
    internal static partial void ListenerFailed(ILogger logger, string listener, string @event, Exception error);

    [LoggerMessage(2060, LogLevel.Warning, "Limits of task {TaskId} {TaskName} cannot be asked, it waits; next question in {DelaySeconds:F1} s")]
    internal static partial void PermitsNotAsked(ILogger logger, string? taskId, string? taskName, double delaySeconds, Exception error);

    [LoggerMessage(2061, LogLevel.Warning, "{Count} permits of running tasks were not renewed within {LeaseSeconds} s, others may have been let in; they are counted again")]
    internal static partial void PermitsLost(ILogger logger, int count, double leaseSeconds);

    [LoggerMessage(2062, LogLevel.Warning, "A permit of {Key} could not be given back, it comes back by itself within {LeaseSeconds} s")]
    internal static partial void PermitsNotReleased(ILogger logger, string key, double leaseSeconds, Exception error);

    [LoggerMessage(2063, LogLevel.Information, "Task {TaskId} {TaskName} has ended before ({State}), it does not run again")]
    internal static partial void FinishedBefore(ILogger logger, string? taskId, string? taskName, string state);

    [LoggerMessage(2064, LogLevel.Warning, "The key of the unique task {TaskId} {TaskName} could not be kept or given back, it becomes free by itself within {ForSeconds} s")]
    internal static partial void UniqueKeyNotReleased(ILogger logger, string? taskId, string? taskName, double forSeconds, Exception error);

    [LoggerMessage(2070, LogLevel.Warning, "What follows task {TaskId} {TaskName} cannot be sent or counted now, its message stays unacknowledged until it is")]
    internal static partial void FollowUpsWait(ILogger logger, string? taskId, string? taskName, Exception error);

    [LoggerMessage(2071, LogLevel.Error, "{FollowUp} after task {TaskId} cannot be sent at all; where it has an id, it ends there as FAILURE")]
    internal static partial void FollowUpNotSent(ILogger logger, string? taskId, string followUp, Exception error);

    [LoggerMessage(2072, LogLevel.Error, "The worker stops before all that follows task {TaskId} {TaskName} was sent; it was acknowledged early, so the rest is lost")]
    internal static partial void FollowUpsLost(ILogger logger, string? taskId, string? taskName);

    [LoggerMessage(2073, LogLevel.Error, "Task {TaskId} is a member of chord {GroupId}, which the result store {Store} cannot count: the body of the chord never runs")]
    internal static partial void ChordNotCounted(ILogger logger, string? taskId, string? groupId, string store);

    [LoggerMessage(2074, LogLevel.Error, "Chord {GroupId} cannot be read in the result store: its body never runs")]
    internal static partial void ChordUnreadable(ILogger logger, string? groupId, Exception error);

    [LoggerMessage(2075, LogLevel.Warning, "Chord {GroupId} failed: {Reason}")]
    internal static partial void ChordFailed(ILogger logger, string? groupId, string? reason);

    [LoggerMessage(2043, LogLevel.Warning, "Worker {NodeName}: phase '{Phase}' of the stop took longer than {LimitSeconds} s, it goes on with the next")]
    internal static partial void StopPhaseSlow(ILogger logger, string nodeName, string phase, double limitSeconds);
}
