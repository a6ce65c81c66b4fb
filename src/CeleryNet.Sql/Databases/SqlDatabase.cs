using System.Data.Common;
using CeleryNet.Diagnostics;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Sql.Databases;

/// <summary>
/// One database: the seam between SQLite and PostgreSQL. Everything else is written once and differs, where it must, by the text of a statement alone. Thread-safe; connects when first used.
/// </summary>
internal abstract class SqlDatabase(SqlStatements statements, SqlOptions options, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);

    private readonly SemaphoreSlim _preparing = new(1);
    private volatile bool _isPrepared;

    /// <summary>Where the database is, for logs and errors; passwords are masked.</summary>
    internal abstract string Address { get; }

    /// <summary>What people call it.</summary>
    internal abstract string Product { get; }

    /// <summary>True when what comes at once is better written together by whoever sends it (<see cref="Combiner{TItem, TAnswer}"/>).</summary>
    internal abstract bool WantsCombining { get; }

    /// <summary>Texts of the statements in this database's dialect.</summary>
    internal SqlStatements Statements => statements;

    internal SqlOptions Options => options;

    internal TimeProvider Time => time;

    /// <summary>Makes the tables when the database is first used. Set before that, for other tables than CeleryNet's own.</summary>
    internal SchemaUpdate.Preparation Preparation { get; set; } = SchemaUpdate.RunAsync;

    protected ILogger Logger => logger;

    /// <summary>
    /// Runs the work in one transaction and commits it. A failure that may pass (a lost connection, a deadlock, a lock of somebody else, a full disk) lets the whole work run again, until the limit is over:
    /// so it must not have effects beyond its session. Cancelling stops the wait; the work may have been committed.
    /// </summary>
    /// <exception cref="DatabaseException">It did not succeed within the limit.</exception>
    /// <param name="work">The work.</param>
    /// <param name="limit">How long it may take, attempts included.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <param name="mayBeRepeated">False: it is not run again when it may have been committed, since its answer would be another one.</param>
    internal Task<T> WriteAsync<T>(Func<SqlSession, ValueTask<T>> work, TimeSpan limit, CancellationToken cancellationToken, bool mayBeRepeated = true) =>
        RetryAsync((self: this, work), static (state, left, token) => state.self.WriteOnceAsync(state.work, left, token), limit, mayBeRepeated, cancellationToken);

    /// <summary>Runs work that changes nothing, each statement on its own.</summary>
    /// <exception cref="DatabaseException">It did not succeed within the limit.</exception>
    internal Task<T> ReadAsync<T>(Func<SqlSession, ValueTask<T>> work, TimeSpan limit, CancellationToken cancellationToken) =>
        RetryAsync((self: this, work), static (state, left, token) => state.self.ReadOnceAsync(state.work, left, token), limit, mayBeRepeated: true, cancellationToken);

    /// <summary>
    /// Calls <paramref name="heard"/> with each topic signalled by a transaction of this or another process (<see cref="SqlSession.Signal"/>), and with <c>null</c> when anything may have changed. It must
    /// be quick and must not throw.
    /// </summary>
    internal abstract IDisposable Listen(Action<string?> heard);

    /// <summary>Returns when whoever called <see cref="Listen"/> hears: what is signalled from then on is not missed.</summary>
    /// <exception cref="DatabaseException">The database did not answer within the limit.</exception>
    internal abstract Task ListeningAsync(TimeSpan limit, CancellationToken cancellationToken);

    /// <summary>What an exception means; <c>null</c> for one that does not come from the database.</summary>
    internal abstract SqlFault? Describe(Exception error);

    /// <summary>Refuses a transaction that cannot be of this database.</summary>
    /// <exception cref="TaskQueueConfigurationException">It is of another kind, or over.</exception>
    internal abstract void Check(DbTransaction transaction);

    /// <summary>Tells every process that listens what the session has signalled, when the application's transaction commits.</summary>
    internal abstract ValueTask SignalAsync(SqlSession session);

    /// <summary>Statements within a transaction of the application. It has been checked.</summary>
    internal SqlSession Join(DbTransaction transaction) => new(transaction.Connection!, statements, transaction); // an open transaction has one

    /// <summary>Returns when the tables are there.</summary>
    /// <exception cref="BrokerUnavailableException">The database did not answer.</exception>
    internal async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (_isPrepared) return;
        try
        {
            await ReadAsync(static session => session.ScalarAsync<object>("ping"), options.CommandTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (DatabaseException error)
        {
            throw new BrokerUnavailableException(
                ErrorCodes.BrokerUnavailable, $"{Product} at {Address}: the tables of CeleryNet could not be made while a transaction was open: {error.Message}. Start the host, or send a first task, before.", error);
        }
    }

    /// <summary>Returns when the database gave a sign of life.</summary>
    /// <exception cref="DatabaseException">It did not within the limit.</exception>
    internal virtual Task PingAsync(TimeSpan limit, CancellationToken cancellationToken) => ReadAsync(static session => session.ScalarAsync<object>("ping"), limit, cancellationToken);

    /// <summary>Keeps others from migrating at the same time, until the transaction ends.</summary>
    internal abstract ValueTask LockSchemaAsync(SqlSession session);

    public abstract ValueTask DisposeAsync();

    /// <summary>Tries once. The limit is that of the attempt.</summary>
    protected abstract Task<T> WriteOnceAsync<T>(Func<SqlSession, ValueTask<T>> work, TimeSpan limit, CancellationToken cancellationToken);

    /// <inheritdoc cref="WriteOnceAsync"/>
    protected abstract Task<T> ReadOnceAsync<T>(Func<SqlSession, ValueTask<T>> work, TimeSpan limit, CancellationToken cancellationToken);

    private async Task<T> RetryAsync<TState, T>(TState state, Func<TState, TimeSpan, CancellationToken, Task<T>> attempt, TimeSpan limit, bool mayBeRepeated, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var mayBeDone = false;
        SqlFault? answered = null;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                var left = limit - time.GetElapsedTime(started);
                if (left < RetryDelay) left = RetryDelay;
                if (!_isPrepared) await PrepareAsync(left, cancellationToken).ConfigureAwait(false);
                return await attempt(state, left, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is not DatabaseException && !cancellationToken.IsCancellationRequested)
            {
                if (Describe(error) is not { } fault) throw;
                mayBeDone |= fault.MayBeDone;
                if (!fault.IsSilence) answered = fault;
                if (!fault.IsTransient || (fault.MayBeDone && !mayBeRepeated) || time.GetElapsedTime(started) + RetryDelay >= limit)
                    throw new DatabaseException(answered ?? fault, mayBeDone, error); // the last attempt may be cut short by the limit, and would say no more than that
            }

            await Task.Delay(RetryDelay, time, cancellationToken).ConfigureAwait(false);
        }
    }

    // Once per process: whoever comes meanwhile waits.
    private async Task PrepareAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (!await _preparing.WaitAsync(limit, cancellationToken).ConfigureAwait(false)) throw new TimeoutException("the tables are being created");
        try
        {
            if (_isPrepared) return;
            await Preparation(this, ReadOnceAsync, WriteOnceAsync, limit, logger, cancellationToken).ConfigureAwait(false);
            _isPrepared = true;
        }
        finally
        {
            _preparing.Release();
        }
    }
}
