namespace CeleryNet.Chaos.Tests.Workers;

/// <summary>What client and worker processes of one test share.</summary>
/// <param name="Broker">Broker URL.</param>
/// <param name="Results">Result store URL.</param>
public sealed record Setup(string Broker, string Results) : IDisposable
{
    /// <summary>Tasks at once in each worker process.</summary>
    public const int Concurrency = 8;

    /// <summary>The queue, of the test's own.</summary>
    public string Queue { get; } = $"chaos-{Guid.NewGuid():n}";

    /// <summary>Where worker processes write their runs.</summary>
    public string Records { get; } = Directory.CreateTempSubdirectory("celerynet-runs-").FullName;

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Records, recursive: true);
}
