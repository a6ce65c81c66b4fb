using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests.Sqlite;

/// <summary>What is promised of broadcasts, kept on a SQLite file.</summary>
public sealed class SqliteBroadcastTests(SqliteFolder folder) : BroadcastContract, IClassFixture<SqliteFolder>
{
    protected override IBroker CreateBroker() => new SqlBroker(ConnectionString.ParseAll(folder.Url)[0]);
}
