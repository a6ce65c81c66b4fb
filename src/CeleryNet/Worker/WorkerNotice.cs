namespace CeleryNet;

/// <summary>The worker of an event.</summary>
public readonly struct WorkerNotice
{
    /// <summary>Node name, such as <c>celery@host</c>.</summary>
    public required string NodeName { get; init; }

    /// <summary>Names of the queues it consumes.</summary>
    public required IReadOnlyList<string> Queues { get; init; }
}
