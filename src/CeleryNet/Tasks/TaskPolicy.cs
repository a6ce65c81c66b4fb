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

    /// <summary>How many times the task is retried; -1 for any number. Set, every exception (or those of <see cref="RetryFor"/>) retries.</summary>
    public int? MaxRetries { get; init; }

    /// <summary>How long a retry waits.</summary>
    public TimeSpan? RetryDelay { get; init; }

    /// <summary>True: a retry waits <see cref="RetryDelay"/> × 2 to the power of the retries so far, at most <see cref="RetryBackoffMax"/>.</summary>
    public bool? RetryBackoff { get; init; }

    /// <summary>The longest wait of a backoff.</summary>
    public TimeSpan? RetryBackoffMax { get; init; }

    /// <summary>True: a backoff waits a random time from zero to what it would wait otherwise.</summary>
    public bool? RetryJitter { get; init; }

    /// <summary>Exceptions that retry, with those derived from them; <c>null</c> for all.</summary>
    public IReadOnlyList<Type>? RetryFor { get; init; }

    /// <summary>Exceptions that never retry by themselves, with those derived from them.</summary>
    public IReadOnlyList<Type>? NoRetryFor { get; init; }

    /// <summary>How many times the task is started before it is given up as one that kills its worker; 0 for any number.</summary>
    public int? MaxDeliveries { get; init; }

    /// <summary>False: a task whose worker died while it ran fails instead of running again.</summary>
    public bool? RejectOnWorkerLost { get; init; }

    /// <summary>True: a task that failed for good is also kept with the dead letters.</summary>
    public bool? DeadLetterFailures { get; init; }

    /// <summary>True: errors are stored although results are ignored.</summary>
    public bool? StoreErrors { get; init; }

    /// <summary>How often one worker starts the task; <see cref="TaskRate.Unlimited"/> takes a weaker limit away.</summary>
    public TaskRate? RateLimit { get; init; }

    /// <summary>True: a message whose id has a final state is not run again.</summary>
    public bool? SkipFinished { get; init; }

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
            MaxRetries = stronger.MaxRetries ?? MaxRetries,
            RetryDelay = stronger.RetryDelay ?? RetryDelay,
            RetryBackoff = stronger.RetryBackoff ?? RetryBackoff,
            RetryBackoffMax = stronger.RetryBackoffMax ?? RetryBackoffMax,
            RetryJitter = stronger.RetryJitter ?? RetryJitter,
            RetryFor = stronger.RetryFor ?? RetryFor,
            NoRetryFor = stronger.NoRetryFor ?? NoRetryFor,
            MaxDeliveries = stronger.MaxDeliveries ?? MaxDeliveries,
            RejectOnWorkerLost = stronger.RejectOnWorkerLost ?? RejectOnWorkerLost,
            DeadLetterFailures = stronger.DeadLetterFailures ?? DeadLetterFailures,
            StoreErrors = stronger.StoreErrors ?? StoreErrors,
            RateLimit = stronger.RateLimit ?? RateLimit,
            SkipFinished = stronger.SkipFinished ?? SkipFinished,
        };
    }
}
