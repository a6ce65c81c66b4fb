using CeleryNet.Brokers;

namespace CeleryNet.Sql.Tests.Sqlite;

/// <summary>What is promised of leading, kept on a SQLite file.</summary>
public sealed class SqliteLeaderLeaseTests(SqliteFolder folder) : SqlLeaderLeaseContract, IClassFixture<SqliteFolder>
{
    protected override IBroker CreateBroker() => new SqlBroker(ConnectionString.ParseAll(folder.Url)[0]);
}
