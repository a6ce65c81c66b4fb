namespace CeleryNet.Chaos.Tests.Workers;

/// <summary>What client and worker processes of one row share.</summary>
/// <param name="Broker">Broker URL.</param>
/// <param name="Results">Result store URL.</param>
public sealed record Setup(string Broker, string Results) : IDisposable
{
    /// <summary>Tasks at once in each worker process.</summary>
    public const int Slots = 8;

    /// <summary>The queue, of the row's own.</summary>
    public string Queue { get; init; } = $"chaos-{Guid.NewGuid():n}";

    /// <summary>Where worker processes write their runs.</summary>
    public string Records { get; init; } = Directory.CreateTempSubdirectory("celerynet-runs-").FullName;

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Records, recursive: true);
}
