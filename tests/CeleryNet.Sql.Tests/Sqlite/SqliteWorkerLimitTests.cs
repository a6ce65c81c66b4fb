using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests.Sqlite;

/// <summary>What limits and unique tasks promise over several workers, on a SQLite file.</summary>
public sealed class SqliteWorkerLimitTests(SqliteFolder folder) : WorkerLimitContract, IClassFixture<SqliteFolder>
{
    private readonly string _url = folder.NewUrl(); // the keys are the same in every test

    protected override void Use(TaskQueueBuilder queue) => queue
        .UseSqlite(_url, options => options.LeaseDuration = TimeSpan.FromSeconds(2))
        .UseSqliteResults(_url);
}
