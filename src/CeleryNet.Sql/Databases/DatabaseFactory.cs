using CeleryNet.Brokers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CeleryNet.Sql.Databases;

/// <summary>Makes the database of a URL.</summary>
internal static class DatabaseFactory
{
    internal static SqlDatabase Open(ConnectionString url, SqlOptions? options, IServiceProvider? services, Type user)
    {
        ArgumentNullException.ThrowIfNull(url);
        var copy = (options ?? new SqlOptions()).Copy();
        if (SqlUrl.IsSqlite(url)) return new SqliteDatabase(SqlUrl.SqliteFile(url, copy), copy, Time(services), Logger(services, user));
        return Postgres(SqlUrl.Postgres(url, copy, ConnectTimeout(services)), copy, services, user);
    }

    /// <summary>Reads a URL or a connection string of Npgsql.</summary>
    internal static SqlDatabase OpenPostgres(string text, SqlOptions? options, IServiceProvider? services, Type user)
    {
        var copy = (options ?? new SqlOptions()).Copy();
        return Postgres(SqlUrl.Postgres(text, copy, ConnectTimeout(services)), copy, services, user);
    }

    internal static SqlDatabase Open(NpgsqlDataSource source, SqlOptions? options, IServiceProvider? services, Type user)
    {
        ArgumentNullException.ThrowIfNull(source);
        var copy = (options ?? new SqlOptions()).Copy();
        SqlUrl.Check(copy);
        return new PostgresDatabase(source, ownsSource: false, copy, Time(services), Logger(services, user));
    }

    internal static ILogger Logger(IServiceProvider? services, Type user) =>
        services?.GetService(typeof(ILoggerFactory)) is ILoggerFactory factory ? factory.CreateLogger(user.FullName ?? user.Name) : NullLogger.Instance;

    private static PostgresDatabase Postgres(NpgsqlConnectionStringBuilder builder, SqlOptions options, IServiceProvider? services, Type user) =>
        new(new NpgsqlDataSourceBuilder(builder.ToString()).Build(), ownsSource: true, options, Time(services), Logger(services, user));

    private static TimeProvider Time(IServiceProvider? services) => services?.GetService(typeof(TimeProvider)) as TimeProvider ?? TimeProvider.System;

    private static TimeSpan ConnectTimeout(IServiceProvider? services) => (services?.GetService(typeof(BrokerSettings)) as BrokerSettings ?? new BrokerSettings()).ConnectTimeout;
}
