using System.Globalization;

namespace CeleryNet.Chaos.Worker;

/// <summary>Names of the environment variables that configure the worker process. Options of the product come by its own configuration, such as <c>TaskQueue__Worker__Prefetch</c>.</summary>
public static class ChaosSettings
{
    /// <summary>Broker URL.</summary>
    public const string Broker = "CELERYNET_CHAOS_BROKER";

    /// <summary>Result store URL.</summary>
    public const string Results = "CELERYNET_CHAOS_RESULTS";

    /// <summary>The queue.</summary>
    public const string Queue = "CELERYNET_CHAOS_QUEUE";

    /// <summary>Tasks at once.</summary>
    public const string Concurrency = "CELERYNET_CHAOS_CONCURRENCY";

    /// <summary>Folder of the records.</summary>
    public const string Records = "CELERYNET_CHAOS_RECORDS";

    /// <summary>Where the process ends itself: a name of <see cref="FaultPoint"/> and at which passing, such as <c>after_run:5</c>. Optional.</summary>
    public const string FailAt = "CELERYNET_CHAOS_FAILAT";

    /// <summary>A protection to switch off: a name of <see cref="Mutations"/>. Optional.</summary>
    public const string Mutation = "CELERYNET_CHAOS_MUTATION";

    /// <summary>How many hosts with a worker each the process runs. Optional, 1.</summary>
    public const string Hosts = "CELERYNET_CHAOS_HOSTS";

    /// <summary>Set: the process runs a beat instead of a worker, which sends a task every second.</summary>
    public const string Beat = "CELERYNET_CHAOS_BEAT";

    /// <summary>Misfire policy of that task. Optional, the default is that of the product.</summary>
    public const string Misfire = "CELERYNET_CHAOS_MISFIRE";

    /// <summary>URL of a database with an outbox: the process runs its relay instead of a worker.</summary>
    public const string Outbox = "CELERYNET_CHAOS_OUTBOX";

    /// <summary>What the process prints when its worker consumes.</summary>
    public const string ReadyLine = "is ready:";

    /// <summary>A line of input that makes the process collect its garbage, so that what it holds can be told from what it has not cleared yet.</summary>
    public const string CollectCommand = "collect";

    /// <summary>What the process prints when it has collected.</summary>
    public const string CollectedLine = "chaos: collected";

    internal static string Read(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : throw new InvalidOperationException($"The environment variable {name} is missing.");

    internal static string? Find(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    internal static int Number(string name, int otherwise) => Find(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
