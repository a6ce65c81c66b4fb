using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace CeleryNet.Sql.Tests.Transactions;

/// <summary>Tasks within the transactions of an application that keeps its own tables in the same SQLite file.</summary>
public sealed class SqliteTransactionTests(SqliteFolder folder) : TransactionContract, IClassFixture<SqliteFolder>
{
    [Fact]
    public async Task Enqueue_TransactionOfAnotherFile_IsRefused()
    {
        var (client, _) = await StartAsync(UseDatabase);
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(folder.Path, "other.db")};Pooling=false");
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();

        var enqueue = () => client.Within(transaction);

        enqueue.Should().Throw<TaskQueueConfigurationException>().WithMessage("*other.db*");
    }

    protected override void UseDatabase(TaskQueueBuilder queue) => queue.UseSqlite(folder.File);

    protected override void UseOutbox(TaskQueueBuilder queue) => queue.UseOutbox(folder.Url);

    protected override async Task<DbConnection> ConnectAsync()
    {
        var connection = new SqliteConnection($"Data Source={folder.File};Pooling=false");
        await connection.OpenAsync();
        await RunAsync(connection, null, "create table if not exists bill (id integer)");
        return connection;
    }
}
