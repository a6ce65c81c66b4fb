namespace CeleryNet.Brokers;

/// <summary>How a delivery ends.</summary>
public enum Settlement
{
    /// <summary>Done: the broker forgets the message.</summary>
    Acknowledge,

    /// <summary>Back to its queue, to be delivered again.</summary>
    Requeue,

    /// <summary>Refused: dead-lettered where the queue is configured for it, else dropped, as Celery's reject without requeue.</summary>
    Reject,
}
