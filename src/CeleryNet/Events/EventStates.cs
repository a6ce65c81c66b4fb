using CeleryNet.Results;

namespace CeleryNet.Events;

/// <summary>Which state an event means, and which of two states is the later one. Follows <c>celery.events.state</c> and the order of <c>celery.states</c>.</summary>
internal static class EventStates
{
    internal const string Received = "RECEIVED";
    internal const string Rejected = "REJECTED";

    private const int OwnStates = 2; // between FAILURE and REVOKED

    internal static string Of(TaskEvent told) => told switch
    {
        TaskSentEvent => TaskStates.Pending,
        TaskReceivedEvent => Received,
        TaskStartedEvent => TaskStates.Started,
        TaskSucceededEvent => TaskStates.Success,
        TaskFailedEvent => TaskStates.Failure,
        TaskRetriedEvent => TaskStates.Retry,
        TaskRejectedEvent => Rejected,
        TaskRevokedEvent => TaskStates.Revoked,
        _ => told.Type[EventTypes.TaskGroup.Length..].ToUpperInvariant(),
    };

    /// <summary>
    /// True when the state comes before the current one, so that its event has arrived late. A retry may come at any time and after it everything begins anew, so neither is ever late by its
    /// name.
    /// </summary>
    internal static bool IsBefore(string state, string current) => state != TaskStates.Retry && current != TaskStates.Retry && OrderOf(state) > OrderOf(current);

    // The later, the smaller.
    private static int OrderOf(string state) => state switch
    {
        TaskStates.Success => 0,
        TaskStates.Failure => 1,
        TaskStates.Revoked => 3,
        TaskStates.Started => 4,
        Received => 5,
        Rejected => 6,
        TaskStates.Retry => 7,
        TaskStates.Pending => 8,
        _ => OwnStates,
    };
}
