using CeleryNet.Brokers;
using CeleryNet.Client;
using CeleryNet.Control;
using CeleryNet.Messages;

namespace CeleryNet.Worker;

/// <summary>What a worker has of its host. The defaults are those of a host that has none of it.</summary>
internal sealed record WorkerSurroundings
{
    /// <summary>Keeps revocations; <c>null</c> when nobody does.</summary>
    internal IRevocationStore? Revocations { get; init; }

    /// <summary>Counts permits; <c>null</c> when nobody does.</summary>
    internal IPermitStore? Permits { get; init; }

    /// <summary>Keeps keys of unique tasks; <c>null</c> when nobody does.</summary>
    internal IUniqueKeyStore? UniqueKeys { get; init; }

    /// <summary>Sends what follows a task; <c>null</c> when nobody does: tasks that something is to follow are then refused.</summary>
    internal CanvasSender? Canvases { get; init; }

    /// <summary>The task queue's logical clock.</summary>
    internal LamportClock Clock { get; init; } = new();

    /// <summary>How the broker is reached.</summary>
    internal BrokerSettings BrokerSettings { get; init; } = new();

    /// <summary>What the host's own code adds.</summary>
    internal WorkerExtensions Extensions { get; init; } = WorkerExtensions.None;

    /// <summary>The declaration of a queue that the host has configured; null for others.</summary>
    internal Func<string, QueueDefinition?> ConfiguredQueue { get; init; } = static _ => null;

    /// <summary>Stops the host; <c>null</c> when the worker has none.</summary>
    internal Action? Shutdown { get; init; }
}
