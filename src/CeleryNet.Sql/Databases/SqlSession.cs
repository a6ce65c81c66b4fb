using System.Data.Common;
using System.Text.Json;

namespace CeleryNet.Sql.Databases;

/// <summary>Statements over one connection, within a transaction where there is one. Used by one caller at a time.</summary>
/// <param name="connection">The connection, open.</param>
/// <param name="statements">The texts.</param>
/// <param name="transaction">The transaction that commands must name; <c>null</c> where none is needed.</param>
/// <param name="keepsCommands">True keeps a prepared command per statement, for a connection that lives as long as the session.</param>
internal sealed class SqlSession(DbConnection connection, SqlStatements statements, DbTransaction? transaction = null, bool keepsCommands = false) : IDisposable
{
    private readonly Dictionary<string, DbCommand> _commands = [];
    private readonly List<string> _signals = [];
    private readonly HashSet<string> _signalled = []; // the same, to find: a thousand results of one transaction are a thousand topics

    /// <summary>Cancels what is being asked.</summary>
    internal CancellationToken Token { get; set; }

    /// <summary>What was signalled since the transaction began.</summary>
    internal IReadOnlyList<string> Signals => _signals;

    /// <summary>True when a list can be an argument; else it travels as JSON.</summary>
    internal bool HasArrays => connection.CanCreateBatch;

    /// <summary>Tells every process that listens, once the transaction is committed.</summary>
    /// <param name="topic">What changed; a letter for the kind and the name behind it. Repeating it costs nothing.</param>
    internal void Signal(string topic)
    {
        if (_signalled.Add(topic)) _signals.Add(topic);
    }

    /// <summary>Takes back what was signalled, but for the first ones.</summary>
    internal void Unsignal(int kept = 0)
    {
        for (var i = _signals.Count - 1; i >= kept; i--) _signalled.Remove(_signals[i]);
        _signals.RemoveRange(kept, _signals.Count - kept);
    }

    /// <summary>Runs a statement and returns how many rows it changed.</summary>
    internal async ValueTask<int> ExecuteAsync(string name, params (string Name, object? Value)[] arguments)
    {
        var command = Command(name, arguments);
        try
        {
            return await command.ExecuteNonQueryAsync(Token).ConfigureAwait(false);
        }
        finally
        {
            Done(command);
        }
    }

    /// <summary>Runs a statement and reads its rows.</summary>
    internal async ValueTask<List<T>> QueryAsync<T>(string name, Func<DbDataReader, T> read, params (string Name, object? Value)[] arguments)
    {
        var command = Command(name, arguments);
        try
        {
            var reader = await command.ExecuteReaderAsync(Token).ConfigureAwait(false);
            await using var closing = reader.ConfigureAwait(false);
            var rows = new List<T>();
            while (await reader.ReadAsync(Token).ConfigureAwait(false)) rows.Add(read(reader));
            return rows;
        }
        finally
        {
            Done(command);
        }
    }

    /// <summary>Runs a statement and returns the first value of its first row; the default when there is no row or the value is null.</summary>
    internal async ValueTask<T?> ScalarAsync<T>(string name, params (string Name, object? Value)[] arguments)
    {
        var command = Command(name, arguments);
        try
        {
            var value = await command.ExecuteScalarAsync(Token).ConfigureAwait(false);
            return value is null or DBNull ? default : (T)value;
        }
        finally
        {
            Done(command);
        }
    }

    /// <summary>Runs a statement once for each row of arguments, in one round trip where there are round trips, and returns how many rows each changed.</summary>
    internal async ValueTask<int[]> ExecuteManyAsync(string name, IReadOnlyList<(string Name, object? Value)[]> rows)
    {
        var changed = new int[rows.Count];
        if (!HasArrays || rows.Count == 1)
        {
            for (var i = 0; i < changed.Length; i++) changed[i] = await ExecuteAsync(name, rows[i]).ConfigureAwait(false);
            return changed;
        }

        var batch = connection.CreateBatch();
        await using var closing = batch.ConfigureAwait(false);
        batch.Transaction = transaction;
        var text = statements[name];
        foreach (var row in rows)
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = text;
            foreach (var (parameter, value) in row)
            {
                var added = command.CreateParameter();
                added.ParameterName = parameter;
                added.Value = value ?? DBNull.Value;
                command.Parameters.Add(added);
            }

            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(Token).ConfigureAwait(false);
        for (var i = 0; i < changed.Length; i++) changed[i] = batch.BatchCommands[i].RecordsAffected;
        return changed;
    }

    /// <summary>Runs a script, or a command that is no file, such as one that begins a transaction.</summary>
    internal async ValueTask RunAsync(string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.Transaction = transaction;
        await command.ExecuteNonQueryAsync(Token).ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values) command.Dispose();
        _commands.Clear();
    }

    private DbCommand Command(string name, (string Name, object? Value)[] arguments)
    {
        if (_commands.TryGetValue(name, out var kept))
        {
            for (var i = 0; i < arguments.Length; i++) kept.Parameters[i].Value = Bind(arguments[i].Value);
            return kept;
        }

        var command = connection.CreateCommand();
        command.CommandText = statements[name];
        command.Transaction = transaction;
        foreach (var (parameter, value) in arguments)
        {
            var added = command.CreateParameter();
            added.ParameterName = parameter;
            added.Value = Bind(value);
            command.Parameters.Add(added);
        }

        if (keepsCommands) _commands[name] = command;
        return command;
    }

    private void Done(DbCommand command)
    {
        if (!keepsCommands) command.Dispose();
    }

    // SQLite knows no arrays; there a list travels as JSON, for json_each.
    private object Bind(object? value) => value switch
    {
        null => DBNull.Value,
        long[] numbers when !HasArrays => JsonSerializer.Serialize(numbers, SqlJson.Default.Int64Array),
        string[] texts when !HasArrays => JsonSerializer.Serialize(texts, SqlJson.Default.StringArray),
        _ => value,
    };
}
