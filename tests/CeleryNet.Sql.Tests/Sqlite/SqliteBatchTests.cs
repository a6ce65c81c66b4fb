using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests.Sqlite;

/// <summary>Batches on a SQLite file.</summary>
public sealed class SqliteBatchTests(SqliteFolder folder) : BatchContract, IClassFixture<SqliteFolder>
{
    protected override void Use(TaskQueueBuilder queue) => queue.UseSqlite(folder.Url).UseSqliteResults(folder.Url);

    protected override Task CleanUpAsync()
    {
        folder.Scalar<long>("select count(*) from celerynet_message where consumer is not null").Should().Be(0, "a worker that stopped holds nothing");
        folder.Scalar<long>("select count(*) from celerynet_consumer").Should().Be(0);
        return Task.CompletedTask;
    }
}
