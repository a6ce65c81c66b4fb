namespace CeleryNet.Events;

/// <summary>A worker as its events have shown it. Never changes; ask <see cref="ClusterState"/> again for news.</summary>
public sealed record ClusterWorker
{
    private const int SilentIntervals = 2; // Celery's HEARTBEAT_EXPIRE_WINDOW of 200 %

    /// <summary>Node name, such as <c>celery@host</c>.</summary>
    public required string NodeName { get; init; }

    /// <summary>True when it was to be counted on at the moment at which this was asked for: its last sign of life was less than two intervals ago, and it has not said that it leaves.</summary>
    public bool IsAlive { get; init; }

    /// <summary>Its last sign of life: when a heartbeat was received, or when it said that something happened to a task; <c>null</c> before the first, and after it has left.</summary>
    public DateTimeOffset? LastSeen { get; init; }

    /// <summary>How often it sends heartbeats. Until it says so: 60 seconds, as in Celery.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Process id.</summary>
    public long? ProcessId { get; init; }

    /// <summary>How many tasks it runs; <c>null</c> when it has not said.</summary>
    public int? Active { get; init; }

    /// <summary>How many tasks it has started since it began.</summary>
    public long? Processed { get; init; }

    /// <summary>Load of its machine in the last 1, 5 and 15 minutes; empty when it has not said.</summary>
    public IReadOnlyList<double> LoadAverage { get; init; } = [];

    /// <summary>Its software: <c>py-celery</c>, <c>celerynet</c>.</summary>
    public string? Software { get; init; }

    /// <summary>Version of its software.</summary>
    public string? SoftwareVersion { get; init; }

    /// <summary>Its operating system, such as <c>Linux</c>.</summary>
    public string? System { get; init; }

    /// <summary>Its logical clock.</summary>
    public long Clock { get; init; }

    internal ClusterWorker At(DateTimeOffset now) => this with { IsAlive = LastSeen is { } seen && now - seen < Interval * SilentIntervals };

    internal ClusterWorker SeenAt(DateTimeOffset moment) => LastSeen is { } seen && seen >= moment ? this : this with { LastSeen = moment };

    /// <summary>This worker after one of its own events. What the event leaves out stays as it was.</summary>
    internal ClusterWorker After(WorkerEvent told)
    {
        var next = this with
        {
            ProcessId = told.ProcessId ?? ProcessId,
            Interval = told.Interval ?? Interval,
            Active = told.Active ?? Active,
            Processed = told.Processed ?? Processed,
            LoadAverage = told.LoadAverage.Count > 0 ? told.LoadAverage : LoadAverage,
            Software = told.Software ?? Software,
            SoftwareVersion = told.SoftwareVersion ?? SoftwareVersion,
            System = told.System ?? System,
            Clock = told.Clock,
        };
        if (told is WorkerOfflineEvent) return next with { LastSeen = null };
        return told.Timestamp is null ? next : next.SeenAt(told.ReceivedAt); // as Celery's State: one without a time is no heartbeat
    }
}
