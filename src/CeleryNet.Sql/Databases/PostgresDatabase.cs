using System.Data;
using System.Data.Common;
using CeleryNet.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CeleryNet.Sql.Databases;

/// <summary>A PostgreSQL database over a pool of connections, and one more that listens.</summary>
internal sealed class PostgresDatabase : SqlDatabase
{
    // Whatever a thousand callers ask at once: a server answers them sooner over a few sessions than over a hundred, and opening one costs more than most questions.
    private const int MostSessions = 16;

    private readonly SemaphoreSlim _sessions = new(MostSessions);
    private readonly NpgsqlDataSource _source;
    private readonly bool _ownsSource;
    private readonly PostgresListener _listener;
    private readonly string _channel;
    private int _isDisposed;

    /// <param name="source">Where connections come from.</param>
    /// <param name="ownsSource">True when it goes with this.</param>
    /// <param name="options">Options.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    internal PostgresDatabase(NpgsqlDataSource source, bool ownsSource, SqlOptions options, TimeProvider time, ILogger logger)
        : base(SqlStatements.Postgres(options.Schema), options, time, logger)
    {
        _source = source;
        _ownsSource = ownsSource;
        _channel = options.Schema; // whoever shares the tables shares the channel
        var parts = new NpgsqlConnectionStringBuilder(source.ConnectionString);
        Address = $"postgresql://{parts.Username}@{parts.Host}:{parts.Port}/{parts.Database}";
        _listener = new PostgresListener(source, _channel, this, time, logger);
    }

    internal override string Address { get; }

    internal override string Product => "PostgreSQL";

    internal override bool WantsCombining => true;

    internal override IDisposable Listen(Action<string?> heard) => _listener.Add(heard);

    internal override async Task ListeningAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await _listener.Listening.WaitAsync(limit, Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException error)
        {
            throw new DatabaseException(new SqlFault("it did not answer in time", IsTransient: true), mayBeDone: false, error);
        }
    }

    internal override async ValueTask LockSchemaAsync(SqlSession session)
    {
        await session.ScalarAsync<object>("lock-schema", ("schema", Options.Schema)).ConfigureAwait(false);
        await session.RunAsync($"create schema if not exists \"{Options.Schema}\"").ConfigureAwait(false); // checked: letters, digits and underscores
    }

    internal override void Check(DbTransaction transaction)
    {
        if (transaction is NpgsqlTransaction { Connection: not null }) return;
        throw new TaskQueueConfigurationException(
            ErrorCodes.InvalidConfiguration, $"The transaction cannot be used with {Address}: it is no open transaction of Npgsql. Begin it on a connection to that database.");
    }

    internal override async ValueTask SignalAsync(SqlSession session)
    {
        if (session.Signals.Count > 0) await session.ExecuteAsync("notify", ("channel", _channel), ("topics", session.Signals.ToArray())).ConfigureAwait(false);
    }

    internal override SqlFault? Describe(Exception error) => error switch
    {
        PostgresException postgres => PostgresFaults.Of(postgres),
        NpgsqlException { InnerException: TimeoutException } => new SqlFault("it did not answer in time", IsTransient: true, MayBeDone: true) { IsSilence = true },
        NpgsqlException npgsql => PostgresFaults.Of(npgsql),
        TimeoutException => new SqlFault("it did not answer in time", IsTransient: true, MayBeDone: true) { IsSilence = true },
        OperationCanceledException { InnerException: PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } stopped } => PostgresFaults.Of(stopped), // the server says that the statement was not done
        OperationCanceledException => new SqlFault("it did not answer in time; another session may hold a lock", IsTransient: true, MayBeDone: true) { IsSilence = true }, // not the caller's: that one is never asked about
        IOException or System.Net.Sockets.SocketException => new SqlFault(error.Message, IsTransient: true, MayBeDone: true),
        _ => null,
    };

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        await _listener.DisposeAsync().ConfigureAwait(false);
        if (_ownsSource) await _source.DisposeAsync().ConfigureAwait(false);
    }

    protected override async Task<T> WriteOnceAsync<T>(Func<SqlSession, ValueTask<T>> work, TimeSpan limit, CancellationToken cancellationToken)
    {
        await EnterAsync(limit, cancellationToken).ConfigureAwait(false);
        try
        {
            return await WriteWithinAsync(work, limit, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _sessions.Release();
        }
    }

    protected override async Task<T> ReadOnceAsync<T>(Func<SqlSession, ValueTask<T>> work, TimeSpan limit, CancellationToken cancellationToken)
    {
        await EnterAsync(limit, cancellationToken).ConfigureAwait(false);
        try
        {
            return await ReadWithinAsync(work, limit, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _sessions.Release();
        }
    }

    private async Task<T> WriteWithinAsync<T>(Func<SqlSession, ValueTask<T>> work, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Shorter(limit));
        var connection = await OpenAsync(limited.Token, cancellationToken).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, limited.Token).ConfigureAwait(false);
        await using var ending = transaction.ConfigureAwait(false);
        using var session = new SqlSession(connection, Statements, transaction) { Token = limited.Token };
        var value = await work(session).ConfigureAwait(false);
        await SignalAsync(session).ConfigureAwait(false);
        await transaction.CommitAsync(limited.Token).ConfigureAwait(false);
        return value;
    }

    private async Task<T> ReadWithinAsync<T>(Func<SqlSession, ValueTask<T>> work, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Shorter(limit));
        var connection = await OpenAsync(limited.Token, cancellationToken).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        using var session = new SqlSession(connection, Statements) { Token = limited.Token };
        return await work(session).ConfigureAwait(false);
    }

    // A server that does not even answer holds no lock: that is another error than one of a command.
    private async Task<NpgsqlConnection> OpenAsync(CancellationToken limited, CancellationToken cancellationToken)
    {
        try
        {
            return await _source.OpenConnectionAsync(limited).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("The connection was not opened in time.", error);
        }
    }

    // The wait does not count as the command's: nobody's question is cancelled for being one of many.
    private async ValueTask EnterAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        if (!await _sessions.WaitAsync(limit, cancellationToken).ConfigureAwait(false)) throw new TimeoutException();
    }

    private TimeSpan Shorter(TimeSpan limit) => limit < Options.CommandTimeout ? limit : Options.CommandTimeout;
}
