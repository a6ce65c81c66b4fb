namespace CeleryNet.Sql.Tests;

/// <summary>A folder with a database file of one test's own; removed with it.</summary>
public sealed class SqliteFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("celerynet-sqlite-").FullName;

    public string File => Path.Combine(_folder, "tasks.db");

    /// <summary>Four slashes: the path is absolute.</summary>
    public string Url => $"sqlite:///{File}";

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
