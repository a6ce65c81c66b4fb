using CeleryNet.Tasks;

namespace CeleryNet.Client;

/// <summary>What the client is told by the host; a copy of the options, taken once.</summary>
internal sealed record ClientSettings
{
    /// <summary>Celery's own name for it.</summary>
    internal const string CeleryQueue = "celery";

    /// <summary>Where tasks go that nothing else routes.</summary>
    public string DefaultQueue { get; init; } = CeleryQueue;

    /// <summary>Compression of bodies where the call says nothing; <c>null</c> for none.</summary>
    public string? Compression { get; init; }

    /// <summary>Routing rules in their order.</summary>
    public IReadOnlyList<RouteRule> Routes { get; init; } = [];

    /// <summary>Policies of the configuration by wire name.</summary>
    public IReadOnlyDictionary<string, TaskPolicy> Tasks { get; init; } = new Dictionary<string, TaskPolicy>();
}
