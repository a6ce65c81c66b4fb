using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Results;
using CeleryNet.Sql.CeleryResults;
using CeleryNet.Sql.Databases;

namespace CeleryNet.Sql;

/// <summary>
/// Keeps results where Celery's database backend keeps them, so that Python and C# read each other's: tables <c>celery_taskmeta</c> and <c>celery_tasksetmeta</c> of SQLite or PostgreSQL, values as pickles.
/// Of a pickle plain data is read, nothing else; nothing in it is ever executed. Celery's tables have no place for children, group and parent of a task, so these are not kept.
/// </summary>
public sealed class CeleryResultBackend : IResultBackend
{
    private readonly SqlDatabase _database;
    private readonly BrokerSettings _settings;
    private readonly CeleryResultWatch _watch;
    private readonly ExpiryLoop _expiry;
    private readonly bool _expires;
    private int _isDisposed;

    /// <summary>Creates the backend of a URL without connecting.</summary>
    /// <param name="url">As Celery names it: <c>db+sqlite:///results.db</c> or <c>db+postgresql://user:password@host:5432/database</c>; the driver that SQLAlchemy is told, as in <c>db+postgresql+psycopg2</c>, is ignored.</param>
    /// <param name="options">How the tables are used.</param>
    /// <param name="services">Where settings, clock and log are looked up; each has a default.</param>
    /// <exception cref="TaskQueueConfigurationException">The URL or an option cannot be used.</exception>
    public CeleryResultBackend(ConnectionString url, CeleryResultOptions? options = null, IServiceProvider? services = null)
    {
        ArgumentNullException.ThrowIfNull(url);
        options ??= new CeleryResultOptions();
        var sql = options.ToSql();
        var logger = DatabaseFactory.Logger(services, typeof(CeleryResultBackend));
        var plain = CeleryUrl.Plain(url);
        _database = DatabaseFactory.Open(plain, sql, services, typeof(CeleryResultBackend));
        _database.Preparation = CeleryTables.PrepareAsync;
        _settings = services?.GetService(typeof(BrokerSettings)) as BrokerSettings ?? new BrokerSettings();
        _watch = new CeleryResultWatch(_database, SqlUrl.IsSqlite(plain) ? null : options.LongestPoll, logger);
        _expires = sql.ResultExpiry is { } expiry && expiry > TimeSpan.Zero;
        _expiry = new ExpiryLoop(
            _database, ["celery/expire-tasks", "celery/expire-tasksets"], logger, () => [("before", CeleryRow.Moment(_database.Time.GetUtcNow() - sql.ResultExpiry.GetValueOrDefault()))]);
    }

    /// <inheritdoc/>
    public string Address => _database.Address;

    /// <inheritdoc/>
    public bool IsEnabled => true;

    /// <inheritdoc/>
    /// <exception cref="MessageFormatException">The value cannot be written as plain data of Python.</exception>
    public async ValueTask StoreAsync(TaskResult result, ReplyAddress reply, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(result);
        var pickle = CeleryTables.Pickle(result);
        var done = result.IsReady ? CeleryRow.Moment(result.DateDone ?? _database.Time.GetUtcNow()) : null;
        await ChangeAsync(session => CeleryTables.StoreAsync(session, result, pickle, done), cancellationToken).ConfigureAwait(false);
        if (_expires) _expiry.Start();
    }

    /// <inheritdoc/>
    /// <exception cref="MessageFormatException">What is stored is damaged, or is more than plain data.</exception>
    public async ValueTask<TaskResult?> GetAsync(string taskId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        var rows = await AskAsync(session => CeleryTables.GetAsync(session, [taskId]), cancellationToken).ConfigureAwait(false);
        return rows.Count == 0 ? null : rows[0].ToResult();
    }

    /// <inheritdoc/>
    public async ValueTask<IAsyncDisposable> SubscribeAsync(string taskId, Action<TaskResult> observer, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        ArgumentNullException.ThrowIfNull(observer);
        ThrowIfDisposed();
        try
        {
            return await _watch.AddAsync(taskId, observer, _settings.PublishTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (DatabaseException error)
        {
            throw Unavailable(error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask ForgetAsync(string taskId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        await ChangeAsync(session => CeleryTables.ForgetAsync(session, taskId), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<string?> OpenReplyQueueAsync(CancellationToken cancellationToken) => default;

    /// <inheritdoc/>
    public async ValueTask PingAsync(CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        try
        {
            await _database.PingAsync(_settings.PublishTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (DatabaseException error)
        {
            throw Unavailable(error);
        }
    }

    /// <summary>Removes results whose time is over, some at a time. It happens by itself in processes that store results.</summary>
    /// <returns>True when there may be more.</returns>
    internal Task<bool> ExpireOnceAsync(CancellationToken cancellationToken) => _expiry.RunOnceAsync(cancellationToken);

    /// <summary>Closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        await _expiry.DisposeAsync().ConfigureAwait(false);
        await _watch.DisposeAsync().ConfigureAwait(false);
        await _database.DisposeAsync().ConfigureAwait(false);
    }

    private Task<T> AskAsync<T>(Func<SqlSession, ValueTask<T>> work, CancellationToken cancellationToken) =>
        RunAsync(token => _database.ReadAsync(work, _settings.PublishTimeout, token), cancellationToken);

    private Task<T> ChangeAsync<T>(Func<SqlSession, ValueTask<T>> work, CancellationToken cancellationToken) =>
        RunAsync(token => _database.WriteAsync(work, _settings.PublishTimeout, token), cancellationToken);

    private async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> attempt, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        try
        {
            return await attempt(cancellationToken).ConfigureAwait(false);
        }
        catch (DatabaseException error)
        {
            throw Unavailable(error);
        }
    }

    private BrokerUnavailableException Unavailable(DatabaseException error) =>
        new(ErrorCodes.ResultsUnavailable, $"Celery's results in {_database.Product} at {Address} cannot be reached: {error.Message}.", error);

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
}
