using CeleryNet.Benchmarks.Harness;
using Microsoft.Data.Sqlite;

namespace CeleryNet.Benchmarks.Sql;

/// <param name="connection">Open; goes with this.</param>
internal sealed class SqliteRows(SqliteConnection connection) : IMessageRows
{
    /// <summary>A connection with the settings that CeleryNet uses: nothing is lost when the power fails.</summary>
    internal static SqliteConnection Connect(string file)
    {
        var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = full;";
        command.ExecuteNonQuery();
        return connection;
    }

    public Task FillAsync(string queue, int count, CancellationToken deadline)
    {
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.CommandText = "insert into celerynet_message (queue, priority, content) values (@queue, 0, @content)";
        command.Parameters.AddWithValue("queue", queue);
        var content = command.Parameters.Add("content", SqliteType.Blob);
        foreach (var envelope in SampleMessages.Envelopes(count, queue))
        {
            content.Value = envelope;
            command.ExecuteNonQuery();
        }

        transaction.Commit();
        return Task.CompletedTask;
    }

    public async Task<long> CountAsync(CancellationToken deadline)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "select count(*) from celerynet_message";
        return (long)(await command.ExecuteScalarAsync(deadline).ConfigureAwait(false))!;
    }

    public async Task ClearAsync(CancellationToken deadline)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "delete from celerynet_message; delete from celerynet_result; pragma wal_checkpoint(truncate);";
        await command.ExecuteNonQueryAsync(deadline).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
