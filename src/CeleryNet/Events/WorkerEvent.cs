namespace CeleryNet.Events;

/// <summary>An event of a worker about itself. Types beyond <see cref="WorkerOnlineEvent"/>, <see cref="WorkerHeartbeatEvent"/> and <see cref="WorkerOfflineEvent"/> are this record itself.</summary>
public record WorkerEvent : ClusterEvent
{
    /// <summary>How often it sends heartbeats.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>How many tasks it runs; <c>null</c> in the answer to a request for a heartbeat.</summary>
    public int? Active { get; init; }

    /// <summary>How many tasks it has started since it began.</summary>
    public long? Processed { get; init; }

    /// <summary>Load of its machine in the last 1, 5 and 15 minutes; empty when it says none.</summary>
    public IReadOnlyList<double> LoadAverage { get; init; } = [];

    /// <summary>Its software: <c>py-celery</c>, <c>celerynet</c>.</summary>
    public string? Software { get; init; }

    /// <summary>Version of its software.</summary>
    public string? SoftwareVersion { get; init; }

    /// <summary>Its operating system, such as <c>Linux</c>.</summary>
    public string? System { get; init; }
}

/// <summary>A worker has started.</summary>
public sealed record WorkerOnlineEvent : WorkerEvent;

/// <summary>A worker is alive.</summary>
public sealed record WorkerHeartbeatEvent : WorkerEvent;

/// <summary>A worker leaves.</summary>
public sealed record WorkerOfflineEvent : WorkerEvent;
