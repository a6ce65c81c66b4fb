namespace CeleryNet.Chaos.Worker;

/// <summary>Names of the environment variables that configure the worker process.</summary>
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

    /// <summary>What the process prints when its worker consumes.</summary>
    public const string ReadyLine = "is ready:";

    internal static string Read(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : throw new InvalidOperationException($"The environment variable {name} is missing.");
}
