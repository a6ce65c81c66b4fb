using CeleryNet.Results;

namespace CeleryNet.Events;

/// <summary>What an event changes about a task. Follows the merge rules of <c>celery.events.state.Task</c>.</summary>
internal static class TaskMerge
{
    private const int LongestText = 16 * 1024; // of thousands of tasks

    internal static ClusterTask After(ClusterTask task, TaskEvent told)
    {
        var state = EventStates.Of(told);
        var isLate = EventStates.IsBefore(state, task.State) || IsOvertaken(task, told, state);
        var next = Described(Stamped(task, told), told, isLate);
        next = next with
        {
            NodeName = told is TaskSentEvent ? task.NodeName : told.NodeName,
            ClientName = told is TaskSentEvent ? told.NodeName : task.ClientName,
            Clock = Math.Max(task.Clock, told.Clock),
        };
        return isLate ? next : next with { State = state, Timestamp = told.Timestamp };
    }

    // Around a retry the names of the states tell no order; the clock of one and the same worker does. Clocks of two workers may be far apart.
    private static bool IsOvertaken(ClusterTask task, TaskEvent told, string state) =>
        (state == TaskStates.Retry || task.State == TaskStates.Retry) && told is not TaskSentEvent && told.NodeName == task.NodeName && told.Clock < task.Clock;

    private static ClusterTask Stamped(ClusterTask task, TaskEvent told) => told switch
    {
        TaskSentEvent => task with { SentAt = told.Timestamp },
        TaskReceivedEvent => task with { ReceivedAt = told.Timestamp },
        TaskStartedEvent => task with { StartedAt = told.Timestamp },
        TaskSucceededEvent done => task with { SucceededAt = told.Timestamp, Result = Cut(done.Result), Runtime = done.Runtime },
        TaskFailedEvent failed => task with { FailedAt = told.Timestamp, Exception = Cut(failed.Exception), Traceback = Cut(failed.Traceback) },
        TaskRetriedEvent failed => task with { RetriedAt = told.Timestamp, Exception = Cut(failed.Exception), Traceback = Cut(failed.Traceback) },
        TaskRejectedEvent => task with { RejectedAt = told.Timestamp },
        TaskRevokedEvent => task with { RevokedAt = told.Timestamp },
        _ => task,
    };

    private static ClusterTask Described(ClusterTask task, TaskEvent told, bool isLate)
    {
        if (told is not TaskDescriptionEvent described) return task;
        // What a worker has received is later than what was sent, which may be the message before a retry.
        if (isLate && told is TaskSentEvent sent && task.ReceivedAt is not null) return task with { Queue = sent.Queue };
        return task with
        {
            Name = described.Name,
            Args = Cut(described.Args),
            Kwargs = Cut(described.Kwargs),
            RootId = described.RootId,
            ParentId = described.ParentId,
            Retries = described.Retries,
            Eta = described.Eta,
            Expires = described.Expires,
            Queue = told is TaskSentEvent { Queue: { } queue } ? queue : task.Queue,
        };
    }

    private static string? Cut(string? text) => text is { Length: > LongestText } ? text[..LongestText] : text;
}
