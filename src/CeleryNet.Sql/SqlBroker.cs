using System.Collections.Concurrent;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Serialization;
using CeleryNet.Sql.Consuming;
using CeleryNet.Sql.Databases;
using CeleryNet.Sql.Publishing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CeleryNet.Sql;

/// <summary>
/// Carries task messages through tables of SQLite or PostgreSQL. A message is a row: taking it notes who has it, a lease that its holder renews brings it back when the holder dies, and finishing
/// the task removes it. Enqueue returns when the transaction is committed.
/// </summary>
public sealed partial class SqlBroker : IBroker
{
    private readonly SqlDatabase _database;
    private readonly SqlOptions _options;
    private readonly BrokerSettings _settings;
    private readonly WireOptions _wire;
    private readonly ILogger _logger;
    private readonly QueueTable _queues = new();
    private readonly MessageWriter _writer;
    private readonly ConcurrentDictionary<SqlConsumer, byte> _consumers = new();
    private readonly ExpiryLoop _expiry;
    private readonly Combiner<MessageRow, bool> _publishing;
    private int _isDisposed;

    /// <summary>Creates the broker of a URL without connecting.</summary>
    /// <param name="url"><c>sqlite:///tasks.db</c> or <c>postgresql://user:password@host:5432/database</c>.</param>
    /// <param name="options">How the database is used; copied. What the URL says wins.</param>
    /// <param name="services">Where <see cref="BrokerSettings"/>, <see cref="WireOptions"/>, <see cref="TimeProvider"/> and <see cref="ILoggerFactory"/> are looked up; each has a default.</param>
    /// <exception cref="TaskQueueConfigurationException">The URL or an option cannot be used.</exception>
    public SqlBroker(ConnectionString url, SqlOptions? options = null, IServiceProvider? services = null)
        : this(DatabaseFactory.Open(url, options, services, typeof(SqlBroker)), services)
    {
    }

    /// <summary>Creates a broker on connections of the caller's, without connecting. The data source stays the caller's.</summary>
    /// <param name="source">Where connections to PostgreSQL come from.</param>
    /// <param name="options">How the database is used; copied.</param>
    /// <param name="services">As in the other constructor.</param>
    /// <exception cref="TaskQueueConfigurationException">An option cannot be used.</exception>
    public SqlBroker(NpgsqlDataSource source, SqlOptions? options = null, IServiceProvider? services = null)
        : this(DatabaseFactory.Open(source, options, services, typeof(SqlBroker)), services)
    {
    }

    internal SqlBroker(SqlDatabase database, IServiceProvider? services)
    {
        _database = database;
        _options = database.Options;
        _settings = services?.GetService(typeof(BrokerSettings)) as BrokerSettings ?? new BrokerSettings();
        _wire = services?.GetService(typeof(WireOptions)) as WireOptions ?? new WireOptions();
        _logger = DatabaseFactory.Logger(services, typeof(SqlBroker));
        _writer = new MessageWriter(_queues, _wire);
        _publishing = new(WriteTogetherAsync, _settings.PublishTimeout, database.Time);
        _expiry = new ExpiryLoop(database, ["expire-flags", "expire-keys", "expire-revocations", "expire-rates", "expire-broadcasts", "expire-listeners"], _logger);
    }

    /// <inheritdoc/>
    public string Address => _database.Address;

    /// <inheritdoc/>
    public async ValueTask DeclareAsync(QueueDefinition queue, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ThrowIfDisposed();
        // Mostly it is there, and nothing needs to be written.
        var isThere = await AskAsync($"queue '{queue.Name}' was not declared", session => QueueTable.IsThereAsync(session, queue), cancellationToken).ConfigureAwait(false);
        if (!isThere)
        {
            await ChangeAsync(
                $"queue '{queue.Name}' was not declared",
                async session =>
                {
                    await QueueTable.DeclareAsync(session, queue).ConfigureAwait(false);
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
        }

        _queues.Remember(queue);
    }

    /// <inheritdoc/>
    public async ValueTask<IBrokerConsumer> ConsumeAsync(ConsumerSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Prefetch, 1);
        ThrowIfDisposed();
        foreach (var queue in settings.Queues) await DeclareAsync(queue, cancellationToken).ConfigureAwait(false);
        var consumer = new SqlConsumer(_database, settings, _writer, _wire, _logger) { Declare = DeclareAsync, Disposed = gone => _consumers.TryRemove(gone, out _) };
        _consumers[consumer] = 0;
        try
        {
            await consumer.StartAsync(_settings.PublishTimeout, cancellationToken).ConfigureAwait(false);
            _expiry.Start(); // where there are workers, somebody cleans up
            return consumer;
        }
        catch (Exception error)
        {
            await consumer.DisposeAsync().ConfigureAwait(false);
            throw error is DatabaseException database ? Unavailable("the consumer was not started", database) : error;
        }
    }

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
            throw Unavailable("no sign of life", error);
        }
    }

    /// <summary>Returns what its consumers hold, and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        foreach (var consumer in _consumers.Keys) await consumer.DisposeAsync().ConfigureAwait(false);
        foreach (var listener in _listeners.Keys) await listener.DisposeAsync().ConfigureAwait(false);
        await _publishing.DisposeAsync().ConfigureAwait(false);
        await _expiry.DisposeAsync().ConfigureAwait(false);
        await _database.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<T> AskAsync<T>(string otherwise, Func<SqlSession, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        try
        {
            return await _database.ReadAsync(work, _settings.PublishTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (DatabaseException error)
        {
            throw Unavailable(otherwise, error);
        }
    }

    private async Task<T> ChangeAsync<T>(string otherwise, Func<SqlSession, ValueTask<T>> work, CancellationToken cancellationToken, bool mayBeRepeated = true)
    {
        ThrowIfDisposed();
        try
        {
            return await _database.WriteAsync(work, _settings.PublishTimeout, cancellationToken, mayBeRepeated).ConfigureAwait(false);
        }
        catch (DatabaseException error)
        {
            throw Unavailable(otherwise, error);
        }
    }

    private BrokerUnavailableException Unavailable(string what, DatabaseException error) =>
        new(ErrorCodes.BrokerUnavailable, $"{_database.Product} at {Address}: {what}: {error.Message}.", error);

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
}
