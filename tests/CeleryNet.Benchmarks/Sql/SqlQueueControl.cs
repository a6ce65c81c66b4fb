using System.Globalization;
using CeleryNet.Benchmarks.Harness;
using CeleryNet.Benchmarks.Tasks;
using CeleryNet.Sql;
using Npgsql;

namespace CeleryNet.Benchmarks.Sql;

/// <summary>The queue <c>celery</c> in a database of the scenario's own.</summary>
internal sealed class SqlQueueControl : IQueueControl
{
    private const int MostAtOnce = 10_000;

    private readonly IMessageRows _rows;

    private readonly bool _keepsRows;

    private SqlQueueControl(IMessageRows rows, string url, bool keepsRows) => (_rows, Url, _keepsRows) = (rows, url, keepsRows);

    /// <summary>The database as broker and results.</summary>
    internal string Url { get; }

    /// <param name="isServer">True for PostgreSQL.</param>
    /// <param name="keepsRows">True: what a round leaves stays for the next one, which only fills what is missing. For tables that take long to fill.</param>
    internal static async Task<SqlQueueControl> OpenAsync(bool isServer, bool keepsRows = false)
    {
        if (!isServer)
        {
            var file = DatabaseFiles.New("tasks");
            var connection = SqliteRows.Connect(file);
            using var make = connection.CreateCommand();
            make.CommandText = SqlSchema.Sqlite();
            make.ExecuteNonQuery();
            return new SqlQueueControl(new SqliteRows(connection), $"sqlite:///{file}", keepsRows);
        }

        var schema = string.Create(CultureInfo.InvariantCulture, $"bench_{Guid.NewGuid():n}");
        var source = NpgsqlDataSource.Create(PostgresRows.ConnectionString);
        await using var closing = source.ConfigureAwait(false);
        using var command = source.CreateCommand(SqlSchema.Postgres(schema));
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        return new SqlQueueControl(new PostgresRows(schema), $"{Servers.Postgres}?schema={schema}", keepsRows);
    }

    public async Task FillAsync(int count, CancellationToken deadline)
    {
        var missing = _keepsRows ? count - (int)await _rows.CountAsync(deadline).ConfigureAwait(false) : count;
        // In parts: a million messages at once would be a gigabyte of memory.
        for (; missing > 0; missing -= MostAtOnce) await _rows.FillAsync(TaskHost.Queue, Math.Min(missing, MostAtOnce), deadline).ConfigureAwait(false);
    }

    public async Task<int> CountAsync(CancellationToken deadline) => (int)await _rows.CountAsync(deadline).ConfigureAwait(false);

    public async Task EmptyAsync(int expected, CancellationToken deadline)
    {
        var count = await _rows.CountAsync(deadline).ConfigureAwait(false);
        await _rows.ClearAsync(deadline).ConfigureAwait(false);
        if (count != expected) throw new InvalidOperationException($"The table holds {count} messages instead of {expected}.");
    }

    public Task ClearAsync(CancellationToken deadline) => _keepsRows ? Task.CompletedTask : _rows.ClearAsync(deadline);

    public async Task SettledAsync(CancellationToken deadline)
    {
        while (await _rows.CountAsync(deadline).ConfigureAwait(false) > 0) await Task.Delay(1, deadline).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _rows.DisposeAsync();
}
