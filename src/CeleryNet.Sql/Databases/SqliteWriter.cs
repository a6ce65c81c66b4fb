using Microsoft.Data.Sqlite;

namespace CeleryNet.Sql.Databases;

/// <summary>
/// The one writer of a SQLite file within this process: a thread of its own, since the driver blocks. What comes while a transaction is being written to the disk goes into the next one together, so
/// that the cost of the disk is shared. While somebody listens, an idle writer looks now and then whether another process has written.
/// </summary>
/// <param name="connect">Opens the connection.</param>
/// <param name="watchInterval">How often an idle writer looks.</param>
internal sealed class SqliteWriter(Func<SqliteConnection> connect, TimeSpan watchInterval) : IDisposable
{
    private const int MostAtOnce = 1000; // so that a transaction under load still ends within some ten milliseconds

    private readonly object _gate = new(); // for Monitor.Wait, which System.Threading.Lock has not
    private readonly Queue<SqliteWork> _waiting = new();
    private Thread? _thread;
    private bool _isStopping;

    private volatile Action<string?>[] _listeners = [];

    // The thread's own.
    private SqliteConnection? _connection;
    private SqlSession? _session;
    private long _version;

    // False when an error has made SQLite roll back everything.
    private bool IsInTransaction => SQLitePCL.raw.sqlite3_get_autocommit(_connection!.Handle) == 0; // asked after Open alone

    /// <summary>Runs the work within a transaction, alone or with others.</summary>
    /// <exception cref="TimeoutException">It did not end in time.</exception>
    internal async Task<T> RunAsync<T>(Func<SqlSession, ValueTask<T>> work, TimeSpan limit, CancellationToken cancellationToken)
    {
        var item = new SqliteWork<T>(work);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isStopping, this);
            _waiting.Enqueue(item);
            if (_thread is null) Start();
            Monitor.Pulse(_gate);
        }

        try
        {
            return await item.Task.WaitAsync(limit, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            if (!item.TryAbandon()) throw; // it has begun, so it may be done
            cancellationToken.ThrowIfCancellationRequested();
            throw new SqliteException("not begun", SQLitePCL.raw.SQLITE_BUSY);
        }
    }

    internal IDisposable Listen(Action<string?> heard)
    {
        lock (_gate)
        {
            _listeners = [.. _listeners, heard];
            if (_thread is null && !_isStopping) Start();
            Monitor.Pulse(_gate); // it may be waiting without end
        }

        return new Registration(this, heard);
    }

    /// <summary>Writes what waits, and ends the thread.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isStopping = true;
            Monitor.Pulse(_gate);
        }

        _thread?.Join();
    }

    private void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "CeleryNet SQLite writer" };
        _thread.Start();
    }

    private void Run()
    {
        var batch = new List<SqliteWork>();
        while (TakeWaiting(batch))
        {
            if (batch.Count == 0) LookAround();
            else Write(batch);
            batch.Clear();
        }

        Close();
    }

    /// <returns>False at the end; an empty batch when there is time to look around.</returns>
    private bool TakeWaiting(List<SqliteWork> batch)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0 && !_isStopping) Monitor.Wait(_gate, _listeners.Length > 0 ? watchInterval : Timeout.InfiniteTimeSpan);
            while (batch.Count < MostAtOnce && _waiting.TryDequeue(out var item)) batch.Add(item);
            return batch.Count > 0 || !_isStopping;
        }
    }

    private void Write(List<SqliteWork> batch)
    {
        List<string>? signals = null;
        try
        {
            var session = Open();
            Run("begin immediate");
            batch.RemoveAll(static item => !item.TryBegin());
            if (!TryWriteTogether(batch, session))
            {
                foreach (var item in batch) WriteAlone(item, session);
            }

            signals = [.. session.Signals];
            Run("commit");
        }
        catch (Exception error) // also what is no error of SQLite: somebody awaits each of these, and the thread must go on
        {
            Close(); // which rolls back
            foreach (var item in batch) item.Fail(error);
            return;
        }

        foreach (var item in batch) item.Complete();
        Tell(signals);
        LookAround();
    }

    // Mostly nothing fails, and savepoints would be two statements more for each.
    private bool TryWriteTogether(List<SqliteWork> batch, SqlSession session)
    {
        try
        {
            foreach (var item in batch) item.Run(session);
            return true;
        }
        catch (Exception) when (IsInTransaction)
        {
            Run("rollback");
            session.Unsignal();
            Run("begin immediate");
            return false;
        }
    }

    // A work of its own may fail without taking the others with it, unless SQLite has rolled back everything.
    private void WriteAlone(SqliteWork item, SqlSession session)
    {
        var signalled = session.Signals.Count;
        Run("savepoint work");
        try
        {
            item.Run(session);
            Run("release work");
        }
        catch (Exception error) when (IsInTransaction)
        {
            Run("rollback to work");
            Run("release work");
            session.Unsignal(signalled);
            item.Fail(error);
        }
    }

    // The number changes when another connection, of this or another process, has committed; not by what this one writes.
    private void LookAround()
    {
        if (_listeners.Length == 0) return;
        try
        {
            var version = Version(Open());
            if (version == _version) return;
            _version = version;
        }
        catch (SqliteException)
        {
            Close(); // those who listen look for themselves, and say what is wrong
        }

        Tell([null]);
    }

    private void Tell(IReadOnlyList<string?>? topics)
    {
        if (topics is null) return;
        foreach (var topic in topics)
        {
            foreach (var heard in _listeners) heard(topic);
        }
    }

    private SqlSession Open()
    {
        _session?.Unsignal();
        if (_session is not null) return _session;
        _connection = connect();
        _session = new SqlSession(_connection, SqlStatements.Sqlite(), keepsCommands: true);
        _version = Version(_session);
        return _session;
    }

    private static long Version(SqlSession session) => Ended(session.ScalarAsync<long>("data-version"));

    private void Run(string text) => Ended(_session!.RunAsync(text)); // only called between Open and Close

    private void Close()
    {
        _session?.Dispose();
        _connection?.Dispose();
        (_session, _connection) = (null, null);
    }

    // The driver does everything synchronously, so its tasks have ended when they are returned.
    private static void Ended(ValueTask task) => task.GetAwaiter().GetResult();

    private static T? Ended<T>(ValueTask<T?> task) => task.GetAwaiter().GetResult();

    private sealed class Registration(SqliteWriter writer, Action<string?> heard) : IDisposable
    {
        public void Dispose()
        {
            lock (writer._gate)
            {
                var at = Array.IndexOf(writer._listeners, heard);
                if (at >= 0) writer._listeners = [.. writer._listeners[..at], .. writer._listeners[(at + 1)..]];
            }
        }
    }
}
