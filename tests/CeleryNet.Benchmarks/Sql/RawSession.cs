using System.Data.Common;
using System.Text.Json;

namespace CeleryNet.Benchmarks.Sql;

/// <summary>One connection of the baseline and its commands.</summary>
internal sealed class RawSession(RawDatabase database, DbConnection connection) : IDisposable
{
    private static readonly byte[] Document = """{"status":"SUCCESS","result":3,"traceback":null,"children":[],"date_done":"2026-01-01T00:00:00.000000+00:00","task_id":"00000000-0000-0000-0000-000000000000"}"""u8.ToArray();

    private readonly Dictionary<string, DbCommand> _commands = [];
    private DbTransaction? _transaction;

    internal async Task BeginAsync()
    {
        if (database.IsServer) _transaction = await connection.BeginTransactionAsync().ConfigureAwait(false);
        else await RunAsync("begin immediate").ConfigureAwait(false);
    }

    internal async Task CommitAsync()
    {
        if (_transaction is null)
        {
            await RunAsync("commit").ConfigureAwait(false);
            return;
        }

        await _transaction.CommitAsync().ConfigureAwait(false);
        await _transaction.DisposeAsync().ConfigureAwait(false);
        _transaction = null;
    }

    internal Task InsertAsync(byte[] content) => Command(database.Insert, Insertion(content)).ExecuteNonQueryAsync();

    /// <summary>Inserts by one statement where a list can be an argument.</summary>
    internal async Task InsertManyAsync(byte[][] contents)
    {
        if (!database.IsServer)
        {
            foreach (var content in contents) await InsertAsync(content).ConfigureAwait(false);
            return;
        }

        var (queues, priorities, nothing) = (new string[contents.Length], new short[contents.Length], new long?[contents.Length]);
        Array.Fill(queues, RawDatabase.Queue);
        await Command(database.InsertMany, ("queues", queues), ("priorities", priorities), ("dues", nothing), ("ttls", nothing), ("contents", contents)).ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    /// <summary>Tells listeners, where a statement does that.</summary>
    internal Task NotifyAsync(params string[] topics) =>
        database.IsServer ? Command("select pg_notify(@channel, topic) from unnest(@topics) topic", ("channel", "bench_raw"), ("topics", topics)).ExecuteNonQueryAsync() : Task.CompletedTask;

    internal async Task<long> OpenConsumerAsync() =>
        (long)(await Command($"insert into {database.Prefix}consumer (node, alive_until) values ('bench', 0) returning id").ExecuteScalarAsync().ConfigureAwait(false))!;

    internal async Task<List<long>> ClaimAsync(long consumer)
    {
        var command = database.IsServer
            ? Command(database.Claim, ("consumer", consumer), ("queues", new[] { RawDatabase.Queue }), ("limits", new[] { (long)RawDatabase.ClaimBatch }), ("limit", RawDatabase.ClaimBatch))
            : Command(database.Claim, ("consumer", consumer), ("queue", RawDatabase.Queue), ("limit", RawDatabase.ClaimBatch));
        var ids = new List<long>(RawDatabase.ClaimBatch);
        var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        while (await reader.ReadAsync().ConfigureAwait(false))
        {
            ids.Add(reader.GetInt64(0));
            _ = (byte[])reader[5]; // the content, which a consumer must have
        }

        return ids;
    }

    internal async Task StoreManyAsync(string[] taskIds)
    {
        if (!database.IsServer)
        {
            foreach (var id in taskIds) await Command(database.Store, ("task_id", id), ("document", Document)).ExecuteNonQueryAsync().ConfigureAwait(false);
            return;
        }

        var (states, documents) = (new string[taskIds.Length], new byte[taskIds.Length][]);
        Array.Fill(states, "SUCCESS");
        Array.Fill(documents, Document);
        await Command(database.StoreMany, ("task_ids", taskIds), ("states", states), ("documents", documents)).ExecuteNonQueryAsync().ConfigureAwait(false);
        await NotifyAsync(taskIds).ConfigureAwait(false);
    }

    internal Task AcknowledgeAsync(long consumer, List<long> ids) =>
        Command(database.Acknowledge, ("ids", database.IsServer ? ids.ToArray() : JsonSerializer.Serialize(ids)), ("consumer", consumer)).ExecuteNonQueryAsync();

    internal async Task RunAsync(string text) => await Command(text).ExecuteNonQueryAsync().ConfigureAwait(false);

    public void Dispose()
    {
        foreach (var command in _commands.Values) command.Dispose();
        connection.Dispose();
    }

    private static (string Name, object Value)[] Insertion(byte[] content) =>
        [("priority", (short)0), ("due", DBNull.Value), ("ttl", DBNull.Value), ("content", content), ("queue", RawDatabase.Queue)];

    private DbCommand Command(string text, params (string Name, object Value)[] arguments)
    {
        if (!_commands.TryGetValue(text, out var command))
        {
            _commands[text] = command = connection.CreateCommand();
            command.CommandText = text;
            foreach (var (name, _) in arguments)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = name;
                command.Parameters.Add(parameter);
            }
        }

        if (database.IsServer) command.Transaction = _transaction; // SQLite's is begun by a statement, which its driver does not know
        for (var i = 0; i < arguments.Length; i++) command.Parameters[i].Value = arguments[i].Value;
        return command;
    }
}
