using CeleryNet.Brokers;
using CeleryNet.Serialization;
using CeleryNet.Sql;
using CeleryNet.Sql.Databases;
using CeleryNet.Sql.Outbox;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace CeleryNet;

/// <summary>Chooses SQLite or PostgreSQL as broker or result store.</summary>
public static class SqlBuilderExtensions
{
    /// <summary>Carries tasks through a SQLite file: no server, and nothing is lost when the process is killed. Several processes of one machine may share it.</summary>
    /// <param name="builder">The task queue.</param>
    /// <param name="file">Path of the file, or <c>sqlite:///tasks.db</c>; made when it is missing. It must be on a disk of this machine.</param>
    /// <param name="configure">Changes options; what the URL says wins.</param>
    /// <exception cref="TaskQueueConfigurationException">The URL cannot be read.</exception>
    public static TaskQueueBuilder UseSqlite(this TaskQueueBuilder builder, string file, Action<SqlOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var url = SqlUrl.ParseSqlite(file);
        return builder.UseBroker(services => new SqlBroker(url, Options(configure), services));
    }

    /// <summary>Keeps results in a SQLite file, which may be that of the broker.</summary>
    /// <param name="builder">The task queue.</param>
    /// <param name="file">As for <see cref="UseSqlite"/>.</param>
    /// <param name="configure">Changes options, such as <see cref="SqlOptions.ResultExpiry"/>; what the URL says wins.</param>
    /// <exception cref="TaskQueueConfigurationException">The URL cannot be read.</exception>
    public static TaskQueueBuilder UseSqliteResults(this TaskQueueBuilder builder, string file, Action<SqlOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var url = SqlUrl.ParseSqlite(file);
        return builder.UseResults(services => new SqlResultBackend(url, Options(configure), services));
    }

    /// <summary>Carries tasks through PostgreSQL.</summary>
    /// <param name="builder">The task queue.</param>
    /// <param name="connectionString"><c>postgresql://user:password@host:5432/database</c>, or a connection string of Npgsql.</param>
    /// <param name="configure">Changes options; what the URL says wins.</param>
    /// <exception cref="TaskQueueConfigurationException">The connection string cannot be read; thrown when the broker is made.</exception>
    public static TaskQueueBuilder UsePostgres(this TaskQueueBuilder builder, string connectionString, Action<SqlOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        return builder.UseBroker(services => new SqlBroker(DatabaseFactory.OpenPostgres(connectionString, Options(configure), services, typeof(SqlBroker)), services));
    }

    /// <summary>Carries tasks through PostgreSQL over the application's own connections.</summary>
    /// <param name="builder">The task queue.</param>
    /// <param name="source">Where connections come from; it stays the caller's.</param>
    /// <param name="configure">Changes options.</param>
    public static TaskQueueBuilder UsePostgres(this TaskQueueBuilder builder, NpgsqlDataSource source, Action<SqlOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(source);
        return builder.UseBroker(services => new SqlBroker(source, Options(configure), services));
    }

    /// <summary>Keeps results in PostgreSQL.</summary>
    /// <param name="builder">The task queue.</param>
    /// <param name="connectionString">As for <see cref="UsePostgres(TaskQueueBuilder, string, Action{SqlOptions}?)"/>.</param>
    /// <param name="configure">Changes options, such as <see cref="SqlOptions.ResultExpiry"/>; what the URL says wins.</param>
    /// <exception cref="TaskQueueConfigurationException">The connection string cannot be read; thrown when the store is made.</exception>
    public static TaskQueueBuilder UsePostgresResults(this TaskQueueBuilder builder, string connectionString, Action<SqlOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        return builder.UseResults(services => new SqlResultBackend(DatabaseFactory.OpenPostgres(connectionString, Options(configure), services, typeof(SqlResultBackend)), services));
    }

    /// <summary>Keeps results in PostgreSQL over the application's own connections.</summary>
    /// <param name="builder">The task queue.</param>
    /// <param name="source">Where connections come from; it stays the caller's.</param>
    /// <param name="configure">Changes options, such as <see cref="SqlOptions.ResultExpiry"/>.</param>
    public static TaskQueueBuilder UsePostgresResults(this TaskQueueBuilder builder, NpgsqlDataSource source, Action<SqlOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(source);
        return builder.UseResults(services => new SqlResultBackend(source, Options(configure), services));
    }

    /// <summary>Keeps results in the tables of Celery's own database backend, which Python workers and clients on the same database read and write too.</summary>
    /// <param name="builder">The task queue.</param>
    /// <param name="url">As Celery's <c>result_backend</c>: <c>db+sqlite:///results.db</c> or <c>db+postgresql://user:password@host:5432/database</c>.</param>
    /// <param name="configure">Changes options, such as <see cref="CeleryResultOptions.ResultExpiry"/>.</param>
    /// <exception cref="TaskQueueConfigurationException">The URL cannot be read.</exception>
    public static TaskQueueBuilder UseCeleryDatabaseResults(this TaskQueueBuilder builder, string url, Action<CeleryResultOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var parsed = SqlUrl.Single(ConnectionString.ParseAll(url));
        var options = new CeleryResultOptions();
        configure?.Invoke(options);
        return builder.UseResults(services => new CeleryResultBackend(parsed, options, services));
    }

    /// <summary>
    /// Adds an outbox in the application's database, for a broker that is no database: what is sent within a transaction (<c>tasks.EnqueueAsync(task, transaction)</c>) is written there, and one of the
    /// hosts sends it when the transaction has committed.
    /// </summary>
    /// <param name="builder">The task queue.</param>
    /// <param name="url"><c>sqlite:///app.db</c> or <c>postgresql://user:password@host:5432/database</c>: the database of the application.</param>
    /// <param name="configure">Changes options; what the URL says wins.</param>
    /// <exception cref="TaskQueueConfigurationException">The URL cannot be read.</exception>
    public static TaskQueueBuilder UseOutbox(this TaskQueueBuilder builder, string url, Action<SqlOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var parsed = SqlUrl.Single(ConnectionString.ParseAll(url));
        return UseOutbox(builder, services => new SqlOutbox(DatabaseFactory.Open(parsed, Options(configure), services, typeof(SqlOutbox))));
    }

    /// <summary>Adds an outbox in the application's PostgreSQL, over its own connections.</summary>
    /// <param name="builder">The task queue.</param>
    /// <param name="source">Where connections come from; it stays the caller's.</param>
    /// <param name="configure">Changes options.</param>
    public static TaskQueueBuilder UseOutbox(this TaskQueueBuilder builder, NpgsqlDataSource source, Action<SqlOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(source);
        return UseOutbox(builder, services => new SqlOutbox(DatabaseFactory.Open(source, Options(configure), services, typeof(SqlOutbox))));
    }

    private static TaskQueueBuilder UseOutbox(TaskQueueBuilder builder, Func<IServiceProvider, SqlOutbox> create)
    {
        builder.Services.Replace(ServiceDescriptor.Singleton(create));
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, OutboxRelay>(services => new OutboxRelay(
            services.GetRequiredService<SqlOutbox>(), services.GetRequiredService<IBroker>(), services.GetRequiredService<WireOptions>(), DatabaseFactory.Logger(services, typeof(SqlOutbox)))));
        return builder;
    }

    private static SqlOptions Options(Action<SqlOptions>? configure)
    {
        var options = new SqlOptions();
        configure?.Invoke(options);
        return options;
    }
}
