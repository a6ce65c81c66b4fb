using Microsoft.Data.Sqlite;

namespace CeleryNet.Sql.Tests;

/// <summary>A folder with a database file of one test class's own; removed with it.</summary>
public sealed class SqliteFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("celerynet-sqlite-").FullName;

    public string File => System.IO.Path.Combine(Path, "tasks.db");

    /// <summary>Four slashes: the path is absolute.</summary>
    public string Url => $"sqlite:///{File}";

    /// <summary>The URL of one more file, for a test that must find it empty.</summary>
    public string NewUrl() => $"sqlite:///{System.IO.Path.Combine(Path, $"{Guid.NewGuid():n}.db")}";

    /// <summary>Asks as a plain client of the file would.</summary>
    public T Scalar<T>(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (T)command.ExecuteScalar()!; // what tests ask has an answer
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
