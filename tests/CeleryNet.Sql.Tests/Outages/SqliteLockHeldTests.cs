using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace CeleryNet.Sql.Tests.Outages;

/// <summary>Another connection writes to the file.</summary>
public sealed class SqliteLockHeldTests(SqliteFolder folder) : LockHeldContract, IClassFixture<SqliteFolder>
{
    protected override string Reason => "another process or connection";

    protected override void Use(TaskQueueBuilder queue) => queue.UseSqlite(folder.File).UseSqliteResults(folder.File);

    protected override async Task<(DbConnection Connection, DbTransaction Transaction)> LockAsync()
    {
        var connection = new SqliteConnection($"Data Source={folder.File};Pooling=false");
        await connection.OpenAsync();
        return (connection, await connection.BeginTransactionAsync()); // begin immediate
    }
}
