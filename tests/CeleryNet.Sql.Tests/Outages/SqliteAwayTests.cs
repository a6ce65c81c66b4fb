using CeleryNet.Contracts;
using CeleryNet.Sql.Tests.Statements;
using Microsoft.Data.Sqlite;

namespace CeleryNet.Sql.Tests.Outages;

/// <summary>Another process holds the file, or has moved it.</summary>
public sealed class SqliteAwayTests : DatabaseAwayContract, IDisposable
{
    private readonly SqliteFolder _folder = new();
    private SqliteConnection? _holder;
    private readonly SqliteStatementLog _log;

    public SqliteAwayTests() => _log = new SqliteStatementLog(_folder.File);

    private int Attempts => _log.Statements.Count(static text => text == "begin immediate");

    private string Moved => $"{_folder.File}.moved";

    public void Dispose()
    {
        _holder?.Dispose();
        _log.Dispose();
        _folder.Dispose();
    }

    protected override void Use(TaskQueueBuilder queue, bool withResults)
    {
        queue.UseSqlite(_folder.File);
        if (withResults) queue.UseSqliteResults(_folder.File);
    }

    protected override async Task AwayAsync()
    {
        _holder = new SqliteConnection($"Data Source={_folder.File};Pooling=false");
        await _holder.OpenAsync();
        await using var command = _holder.CreateCommand();
        command.CommandText = "begin immediate";
        await command.ExecuteNonQueryAsync();
    }

    protected override Task UnreachableAsync()
    {
        File.Move(_folder.File, Moved);
        return Task.CompletedTask;
    }

    // Each waits a second for the lock.
    protected override Task TriedAsync()
    {
        var before = Attempts;
        return Eventually.IsTrueAsync(() => Attempts >= before + 2);
    }

    protected override async Task BackAsync()
    {
        if (File.Exists(Moved)) File.Move(Moved, _folder.File);
        if (_holder is null) return;
        await _holder.DisposeAsync(); // which rolls back
        _holder = null;
    }

    protected override Task<long> MessagesAsync() => Task.FromResult(_folder.Scalar<long>("select count(*) from celerynet_message"));
}
