using CeleryNet.Contracts;
using Npgsql;

namespace CeleryNet.Sql.Tests;

/// <summary>A schema of one test class's own on the shared PostgreSQL; removed with it.</summary>
public sealed class PostgresSchema : IAsyncLifetime
{
    private readonly List<string> _more = [];
    private NpgsqlDataSource? _source;

    public string Name { get; } = $"t{Guid.NewGuid():n}";

    /// <summary>The URL of the broker or the results; skips the test when there is no server.</summary>
    public string Url => $"{TestServers.Postgres}?schema={Name}";

    /// <summary>The URL of one more schema, for a test that must find it empty; it is the class's from then on.</summary>
    public string NewUrl() => $"{TestServers.Postgres}?schema={NewName()}";

    /// <summary>The name of one more schema.</summary>
    public string NewName()
    {
        _more.Add($"t{Guid.NewGuid():n}");
        return _more[^1];
    }

    /// <summary>How Npgsql reaches the server.</summary>
    public string ConnectionText => ConnectionString(TestServers.Postgres);

    /// <summary>A plain client of the server, to look at what the code under test does there.</summary>
    public NpgsqlDataSource Source => _source ??= NpgsqlDataSource.Create(ConnectionText);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        return (T?)await command.ExecuteScalarAsync();
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task DisposeAsync()
    {
        if (Environment.GetEnvironmentVariable("CELERYNET_TEST_POSTGRES") is not { Length: > 0 }) return;
        foreach (var name in _more.Append(Name)) await ExecuteAsync($"drop schema if exists \"{name}\" cascade");
        if (_source is not null) await _source.DisposeAsync();
    }

    private static string ConnectionString(string url)
    {
        var parts = Brokers.ConnectionString.ParseAll(url)[0];
        return new NpgsqlConnectionStringBuilder { Host = parts.Host, Port = parts.Port ?? 5432, Username = parts.User, Password = parts.Password, Database = parts.Path, Pooling = true }.ToString();
    }
}
