namespace CeleryNet;

/// <summary>The ways in which a run of a task can end on purpose.</summary>
public enum TaskOutcomeKind
{
    /// <summary>Done.</summary>
    Success,

    /// <summary>Failed and to run again, which spends one of its attempts. State RETRY.</summary>
    Retry,

    /// <summary>To run again later, without spending an attempt. No state is stored.</summary>
    Snooze,

    /// <summary>Not to run any more, by its own decision. State REVOKED.</summary>
    Cancel,

    /// <summary>Refused: dead-lettered, or back to the queue for another worker. No state is stored, as in Celery.</summary>
    Reject,

    /// <summary>Done without a result: no state is stored, as in Celery.</summary>
    Ignore,

    /// <summary>Another call takes its place and ends under its id; see <c>context.ReplaceAsync</c>.</summary>
    Replace,
}
