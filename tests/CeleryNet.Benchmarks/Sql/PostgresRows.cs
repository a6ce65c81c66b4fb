using CeleryNet.Benchmarks.Harness;
using CeleryNet.Brokers;
using Npgsql;
using NpgsqlTypes;

namespace CeleryNet.Benchmarks.Sql;

internal sealed class PostgresRows(string schema) : IMessageRows
{
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(ConnectionString);

    /// <summary>The private server, as Npgsql writes it.</summary>
    internal static string ConnectionString
    {
        get
        {
            var url = Brokers.ConnectionString.ParseAll(Servers.Postgres)[0];
            return new NpgsqlConnectionStringBuilder { Host = url.Host, Port = url.Port ?? 5432, Username = url.User, Password = url.Password, Database = url.Path, MaxAutoPrepare = 40 }.ToString();
        }
    }

    public async Task FillAsync(string queue, int count, CancellationToken deadline)
    {
        var connection = await _source.OpenConnectionAsync(deadline).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        var rows = await connection.BeginBinaryImportAsync($"copy {schema}.message (queue, priority, content) from stdin (format binary)", deadline).ConfigureAwait(false);
        await using var ending = rows.ConfigureAwait(false);
        foreach (var envelope in SampleMessages.Envelopes(count, queue))
        {
            await rows.StartRowAsync(deadline).ConfigureAwait(false);
            await rows.WriteAsync(queue, NpgsqlDbType.Text, deadline).ConfigureAwait(false);
            await rows.WriteAsync((short)0, NpgsqlDbType.Smallint, deadline).ConfigureAwait(false);
            await rows.WriteAsync(envelope, NpgsqlDbType.Bytea, deadline).ConfigureAwait(false);
        }

        await rows.CompleteAsync(deadline).ConfigureAwait(false);
    }

    public async Task<long> CountAsync(CancellationToken deadline)
    {
        using var command = _source.CreateCommand($"select count(*) from {schema}.message");
        return (long)(await command.ExecuteScalarAsync(deadline).ConfigureAwait(false))!;
    }

    public async Task ClearAsync(CancellationToken deadline)
    {
        using var command = _source.CreateCommand($"truncate {schema}.message, {schema}.result");
        await command.ExecuteNonQueryAsync(deadline).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
