using CeleryNet.Chaos.Tests.Load;
using CeleryNet.Chaos.Tests.Servers;

namespace CeleryNet.Chaos.Tests.Staging;

/// <summary>What a row needs before its fault.</summary>
public sealed record Scenery
{
    /// <summary>For <see cref="Client"/>: a sender that waits longer than usual, where sending is not what the row is about and others keep the machine busy.</summary>
    public static Action<TaskQueueBuilder> Patient { get; } = queue => queue.Configure(options => options.PublishTimeout = TimeSpan.FromSeconds(30));

    /// <summary>The broker.</summary>
    public required BrokerKind Broker { get; init; }

    /// <summary>True: a RabbitMQ of the row's own, since the server is the victim. A Redis always is: it starts in a moment, and its workers share keys.</summary>
    public bool HasOwnServer { get; init; }

    /// <summary>True: results are in a Redis of their own, also where the broker is a Redis.</summary>
    public bool HasOwnResults { get; init; }

    /// <summary>True: client and workers reach the broker through proxies, one each.</summary>
    public bool IsProxied { get; init; }

    /// <summary>How long everything is under way through a proxy, in each direction.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>How much a proxied connection carries, in each direction.</summary>
    public int BytesPerSecond { get; init; } = int.MaxValue;

    /// <summary>The broker's address where the row has made it; <c>null</c> for one of the stage's own.</summary>
    public string? Address { get; init; }

    /// <summary>How many worker processes.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>Environment of <c>servers.sh</c> for a Redis broker, such as how it persists.</summary>
    public IReadOnlyDictionary<string, string> ServerEnvironment { get; init; } = new Dictionary<string, string>();

    /// <summary>Further option of the broker's URL for everybody.</summary>
    public string? BrokerOption { get; init; }

    /// <summary>Further environment of the workers.</summary>
    public IReadOnlyDictionary<string, string> WorkerEnvironment { get; init; } = new Dictionary<string, string>();

    /// <summary>Further configuration of the client.</summary>
    public Action<TaskQueueBuilder>? Client { get; init; }

    /// <summary>The load.</summary>
    public LoadShape Load { get; init; } = new();
}
