namespace CeleryNet.Tasks;

/// <summary>How a task is sent and run, as its attribute, the configuration or both say. An unset value is <c>null</c>.</summary>
public sealed record TaskPolicy
{
    /// <summary>Nothing set.</summary>
    public static TaskPolicy None { get; } = new();

    /// <summary>Queue the task is sent to.</summary>
    public string? Queue { get; init; }

    /// <summary>Priority the task is sent with, 0 to 255.</summary>
    public int? Priority { get; init; }

    /// <summary>True: no final state is stored.</summary>
    public bool? IgnoreResult { get; init; }

    /// <summary>True: state STARTED is stored.</summary>
    public bool? TrackStarted { get; init; }

    /// <summary>True: acknowledged before it runs.</summary>
    public bool? AckEarly { get; init; }

    /// <summary>How long an unstarted task stays valid.</summary>
    public TimeSpan? Expires { get; init; }

    /// <summary>Hard time limit.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Soft time limit.</summary>
    public TimeSpan? SoftTimeLimit { get; init; }

    /// <summary>This policy where <paramref name="stronger"/> sets nothing, else the stronger value.</summary>
    public TaskPolicy Under(TaskPolicy stronger)
    {
        ArgumentNullException.ThrowIfNull(stronger);
        return new TaskPolicy
        {
            Queue = stronger.Queue ?? Queue,
            Priority = stronger.Priority ?? Priority,
            IgnoreResult = stronger.IgnoreResult ?? IgnoreResult,
            TrackStarted = stronger.TrackStarted ?? TrackStarted,
            AckEarly = stronger.AckEarly ?? AckEarly,
            Expires = stronger.Expires ?? Expires,
            TimeLimit = stronger.TimeLimit ?? TimeLimit,
            SoftTimeLimit = stronger.SoftTimeLimit ?? SoftTimeLimit,
        };
    }
}
