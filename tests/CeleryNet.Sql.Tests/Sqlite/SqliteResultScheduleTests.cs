using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Scheduling;

namespace CeleryNet.Sql.Tests.Sqlite;

/// <summary>What is promised of schedules by the results, kept on a SQLite file.</summary>
public sealed class SqliteResultScheduleTests(SqliteFolder folder) : ScheduleStoreContract, IClassFixture<SqliteFolder>
{
    private readonly string _url = folder.NewUrl();

    protected override IScheduleStore CreateStore() => new SqlResultBackend(ConnectionString.ParseAll(_url)[0]);
}
