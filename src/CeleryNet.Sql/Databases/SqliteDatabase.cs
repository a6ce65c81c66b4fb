using System.Data.Common;
using CeleryNet.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Sql.Databases;

/// <summary>
/// One SQLite file. It has one writer at a time, so within a process one thread writes for everybody (<see cref="SqliteWriter"/>), and reads go over a second connection that no writer disturbs.
/// </summary>
internal sealed class SqliteDatabase : SqlDatabase
{
    private const string WritableAdvice = "Make the file and its folder writable for the user of this process";

    private readonly SqliteFile _file;
    private int _isDisposed;

    internal SqliteDatabase(string path, SqlOptions options, TimeProvider time, ILogger logger)
        : base(SqlStatements.Sqlite(), options, time, logger) => _file = SqliteFile.Open(path, options);

    internal override string Address => _file.Path;

    internal override string Product => "SQLite";

    internal override bool WantsCombining => false; // its writer combines

    internal override IDisposable Listen(Action<string?> heard) => _file.Writer.Listen(heard);

    internal override Task ListeningAsync(TimeSpan limit, CancellationToken cancellationToken) => Task.CompletedTask; // whatever is committed is looked for

    internal override ValueTask LockSchemaAsync(SqlSession session) => default; // every transaction is the only one

    internal override void Check(DbTransaction transaction)
    {
        if (transaction is not SqliteTransaction { Connection: { } connection }) throw Foreign("it is no open transaction of Microsoft.Data.Sqlite");
        if (Path.GetFullPath(connection.DataSource) != Address) throw Foreign($"it is of the file '{connection.DataSource}'");
    }

    internal override ValueTask SignalAsync(SqlSession session) => default; // the writer notices what another connection has committed

    // Who has the file open does not notice that it was removed, and goes on writing where nobody will find it.
    internal override async Task PingAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        await base.PingAsync(limit, cancellationToken).ConfigureAwait(false);
        if (File.Exists(Address)) return;
        throw new DatabaseException(
            new SqlFault("the file was moved or removed while it is in use; what this process writes from now on is lost", IsTransient: false) { Advice = "Put it back, or start the process again" }, mayBeDone: false, null);
    }

    internal override SqlFault? Describe(Exception error) => error switch
    {
        SqliteException sqlite => Describe(sqlite),
        TimeoutException => new SqlFault("it did not answer in time, since another process or a slow disk kept it", IsTransient: true, MayBeDone: true) { IsSilence = true },
        IOException or UnauthorizedAccessException => new SqlFault(error.Message, IsTransient: false),
        _ => null,
    };

    public override ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0) _file.Release();
        return default;
    }

    protected override Task<T> WriteOnceAsync<T>(Func<SqlSession, ValueTask<T>> work, TimeSpan limit, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        return _file.Writer.RunAsync(work, limit, cancellationToken);
    }

    protected override Task<T> ReadOnceAsync<T>(Func<SqlSession, ValueTask<T>> work, TimeSpan limit, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        return _file.ReadAsync(work, limit, cancellationToken);
    }

    private TaskQueueConfigurationException Foreign(string reason) =>
        new(ErrorCodes.InvalidConfiguration, $"The transaction cannot be used with the SQLite file '{Address}': {reason}. Begin it on a connection to that file.");

    // The driver's own texts are for programmers: "database is locked" says nothing of who or what to do.
    private SqlFault Describe(SqliteException error) => error.SqliteErrorCode switch
    {
        SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED => new SqlFault("another process or connection has been writing to the file for too long", IsTransient: true),
        SQLitePCL.raw.SQLITE_FULL => new SqlFault($"the disk of '{Address}' is full; make room there", IsTransient: true),
        SQLitePCL.raw.SQLITE_IOERR => new SqlFault($"the disk of '{Address}' cannot be read or written ({error.SqliteExtendedErrorCode})", IsTransient: true, MayBeDone: true),
        SQLitePCL.raw.SQLITE_INTERRUPT => new SqlFault("it was interrupted", IsTransient: true),
        SQLitePCL.raw.SQLITE_CANTOPEN when Directory.Exists(Address) => new SqlFault("it is a folder", IsTransient: false) { Advice = "Name a file in it" },
        SQLitePCL.raw.SQLITE_CANTOPEN when !Directory.Exists(Path.GetDirectoryName(Address)) => new SqlFault($"the folder '{Path.GetDirectoryName(Address)}' does not exist", IsTransient: false)
        {
            Advice = "Create it, or correct the path: three slashes begin a relative one, four an absolute one",
        },
        SQLitePCL.raw.SQLITE_CANTOPEN => new SqlFault("the file cannot be opened for writing", IsTransient: true) { Advice = WritableAdvice },
        SQLitePCL.raw.SQLITE_READONLY => new SqlFault("the file or its folder is read-only", IsTransient: false) { Advice = WritableAdvice },
        SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB => new SqlFault("the file is damaged, or is no SQLite database", IsTransient: false) { Advice = "Restore it from a copy, or choose another file" },
        _ => new SqlFault(error.Message, IsTransient: false),
    };
}
