using Microsoft.Data.Sqlite;

namespace CeleryNet.Sql.Databases;

/// <summary>A SQLite file as this process has it open: one for broker, results and whatever else uses it, so that their transactions are written together.</summary>
internal sealed class SqliteFile : IDisposable
{
    // Static because a file has one writer, whoever opened it: two task queues on one file in one process would else wait for each other's locks.
    private static readonly Dictionary<string, SqliteFile> Opened = [];

    private readonly SemaphoreSlim _reading = new(1);
    private readonly SqlOptions _options;
    private SqliteConnection? _reader;
    private SqlSession? _session;
    private int _users;

    private SqliteFile(string path, SqlOptions options)
    {
        Path = path;
        _options = options;
        Writer = new SqliteWriter(() => Connect(path, options), options.WatchInterval);
    }

    internal string Path { get; }

    internal SqliteWriter Writer { get; }

    /// <summary>Opens a file, or joins those who have it open; how it is opened is decided by the first.</summary>
    internal static SqliteFile Open(string path, SqlOptions options)
    {
        lock (Opened)
        {
            if (!Opened.TryGetValue(path, out var file)) Opened[path] = file = new SqliteFile(path, options);
            file._users++;
            return file;
        }
    }

    /// <summary>Closes it when nobody else uses it. What was handed over before is written first.</summary>
    internal void Release()
    {
        lock (Opened)
        {
            if (--_users > 0) return;
            Opened.Remove(Path);
        }

        Dispose();
    }

    public void Dispose()
    {
        Writer.Dispose();
        _reading.Wait();
        Close();
        _reading.Dispose();
    }

    /// <summary>Reads what is committed. A read of an indexed row takes microseconds, so it runs where it is asked for.</summary>
    internal async Task<T> ReadAsync<T>(Func<SqlSession, ValueTask<T>> work, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (!await _reading.WaitAsync(limit, cancellationToken).ConfigureAwait(false)) throw new TimeoutException();
        try
        {
            if (_session is null)
            {
                _reader = Connect(Path, _options);
                _session = new SqlSession(_reader, SqlStatements.Sqlite(), keepsCommands: true);
            }

            return await work(_session).ConfigureAwait(false);
        }
        catch (SqliteException)
        {
            Close(); // a file that was replaced, a disk that was away: the next one opens it anew
            throw;
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>A connection as CeleryNet uses it.</summary>
    internal static SqliteConnection Connect(string path, SqlOptions options)
    {
        // Not pooled: it lives as long as its user. The driver's own waiting sleeps 150 ms between two looks; SQLite's begins with 1 ms.
        var builder = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 1 };
        var connection = new SqliteConnection(builder.ToString());
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"pragma busy_timeout = {(int)Math.Min(1000, options.CommandTimeout.TotalMilliseconds)}; pragma journal_mode = wal; pragma synchronous = {(options.SurvivesPowerLoss ? "full" : "normal")};";
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Close()
    {
        _session?.Dispose();
        _reader?.Dispose();
        (_session, _reader) = (null, null);
    }
}
