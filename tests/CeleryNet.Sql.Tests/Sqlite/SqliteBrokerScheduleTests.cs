using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Scheduling;

namespace CeleryNet.Sql.Tests.Sqlite;

/// <summary>What is promised of schedules by the broker, kept on a SQLite file.</summary>
public sealed class SqliteBrokerScheduleTests(SqliteFolder folder) : ScheduleStoreContract, IClassFixture<SqliteFolder>
{
    private readonly string _url = folder.NewUrl();

    protected override IScheduleStore CreateStore() => new SqlBroker(ConnectionString.ParseAll(_url)[0]);
}
