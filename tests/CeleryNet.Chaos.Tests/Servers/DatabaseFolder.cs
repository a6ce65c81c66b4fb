namespace CeleryNet.Chaos.Tests.Servers;

/// <summary>A folder for a SQLite file of the test's own; removed with it.</summary>
internal sealed class DatabaseFolder : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("celerynet-sqlite-").FullName;

    /// <summary>Its connection string: four slashes, since the path is absolute.</summary>
    internal string Url => $"sqlite:///{Path.Combine(_folder, "tasks.db")}";

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return default;
    }
}
