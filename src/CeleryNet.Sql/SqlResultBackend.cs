using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Sql.Chords;
using CeleryNet.Sql.Databases;
using CeleryNet.Sql.Results;
using Npgsql;

namespace CeleryNet.Sql;

/// <summary>Keeps results in a table of SQLite or PostgreSQL, as Celery's result document in JSON. Those who wait are woken, they do not poll.</summary>
public sealed partial class SqlResultBackend : IResultBackend
{
    private readonly SqlDatabase _database;
    private readonly BrokerSettings _settings;
    private readonly ResultTable _table;
    private readonly ChordTable _chords;
    private readonly ResultWatch _watch;
    private readonly ExpiryLoop _expiry;
    private readonly Combiner<(string TaskId, string State, byte[] Document), bool> _storing;
    private readonly Combiner<ChordEnd, ChordCount> _counting;
    private int _isDisposed;

    /// <summary>Creates the backend of a URL without connecting.</summary>
    /// <param name="url"><c>sqlite:///tasks.db</c> or <c>postgresql://user:password@host:5432/database</c>.</param>
    /// <param name="options">How the database is used; copied. What the URL says wins.</param>
    /// <param name="services">Where settings, clock and log are looked up; each has a default.</param>
    /// <exception cref="TaskQueueConfigurationException">The URL or an option cannot be used.</exception>
    public SqlResultBackend(ConnectionString url, SqlOptions? options = null, IServiceProvider? services = null)
        : this(DatabaseFactory.Open(url, options, services, typeof(SqlResultBackend)), services)
    {
    }

    /// <summary>Creates a backend on connections of the caller's, without connecting. The data source stays the caller's.</summary>
    /// <param name="source">Where connections to PostgreSQL come from.</param>
    /// <param name="options">How the database is used; copied.</param>
    /// <param name="services">As in the other constructor.</param>
    /// <exception cref="TaskQueueConfigurationException">An option cannot be used.</exception>
    public SqlResultBackend(NpgsqlDataSource source, SqlOptions? options = null, IServiceProvider? services = null)
        : this(DatabaseFactory.Open(source, options, services, typeof(SqlResultBackend)), services)
    {
    }

    internal SqlResultBackend(SqlDatabase database, IServiceProvider? services)
    {
        var logger = DatabaseFactory.Logger(services, typeof(SqlResultBackend));
        _database = database;
        _settings = services?.GetService(typeof(BrokerSettings)) as BrokerSettings ?? new BrokerSettings();
        var lifetime = database.Options.ResultExpiry is { } limited && limited > TimeSpan.Zero ? (long)limited.TotalMilliseconds : (long?)null;
        _table = new ResultTable(lifetime);
        _chords = new ChordTable(lifetime);
        _watch = new ResultWatch(database, logger);
        _storing = new(states => _database.WriteAsync(session => _table.StoreAsync(session, states), _settings.PublishTimeout, CancellationToken.None), _settings.PublishTimeout, database.Time);
        _counting = new(ends => _database.WriteAsync(session => _chords.CountAsync(session, ends), _settings.PublishTimeout, CancellationToken.None), _settings.PublishTimeout, database.Time);
        _expiry = new ExpiryLoop(database, ["expire-results", "expire-groups"], logger, also: ChordTable.ExpireAsync);
    }

    /// <inheritdoc/>
    public string Address => _database.Address;

    /// <inheritdoc/>
    public bool IsEnabled => true;

    /// <inheritdoc/>
    public async ValueTask StoreAsync(TaskResult result, ReplyAddress reply, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(result);
        var document = Encode(result);
        if (!_database.WantsCombining) await ChangeAsync(session => _table.StoreAsync(session, result.TaskId, result.State, document), cancellationToken).ConfigureAwait(false);
        else await StoreWithOthersAsync((result.TaskId, result.State, document), cancellationToken).ConfigureAwait(false);
        _expiry.Start();
    }

    /// <inheritdoc/>
    public async ValueTask<TaskResult?> GetAsync(string taskId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        var document = await AskAsync(session => ResultTable.GetAsync(session, taskId), cancellationToken).ConfigureAwait(false);
        return document is null ? null : ResultDocument.Read(document);
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
        await ChangeAsync(async session => await session.ExecuteAsync("forget-result", ("task_id", taskId)).ConfigureAwait(false) > 0, cancellationToken).ConfigureAwait(false);
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

    /// <summary>Removes results, chords and groups whose time is over, some at a time. It happens by itself in processes that store results.</summary>
    /// <returns>True when there may be more.</returns>
    internal Task<bool> ExpireOnceAsync(CancellationToken cancellationToken) => _expiry.RunOnceAsync(cancellationToken);

    /// <summary>Closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        await _expiry.DisposeAsync().ConfigureAwait(false);
        await _storing.DisposeAsync().ConfigureAwait(false);
        await _counting.DisposeAsync().ConfigureAwait(false);
        await _watch.DisposeAsync().ConfigureAwait(false);
        await _database.DisposeAsync().ConfigureAwait(false);
    }

    private static byte[] Encode(TaskResult result)
    {
        using var buffer = WireBuffer.Rent();
        ResultDocument.Write(buffer.Json, result);
        buffer.Flush();
        return buffer.Span.ToArray();
    }

    private async Task StoreWithOthersAsync((string TaskId, string State, byte[] Document) state, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        try
        {
            await _storing.WriteAsync(state, cancellationToken).ConfigureAwait(false);
        }
        catch (DatabaseException error)
        {
            throw Unavailable(error);
        }
    }

    private async Task<T> AskAsync<T>(Func<SqlSession, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        try
        {
            return await _database.ReadAsync(work, _settings.PublishTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (DatabaseException error)
        {
            throw Unavailable(error);
        }
    }

    private async Task<T> ChangeAsync<T>(Func<SqlSession, ValueTask<T>> work, CancellationToken cancellationToken, bool mayBeRepeated = true)
    {
        ThrowIfDisposed();
        try
        {
            return await _database.WriteAsync(work, _settings.PublishTimeout, cancellationToken, mayBeRepeated).ConfigureAwait(false);
        }
        catch (DatabaseException error)
        {
            throw Unavailable(error);
        }
    }

    private BrokerUnavailableException Unavailable(DatabaseException error) =>
        new(ErrorCodes.ResultsUnavailable, $"The results in {_database.Product} at {Address} cannot be reached: {error.Message}.", error);

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
}
