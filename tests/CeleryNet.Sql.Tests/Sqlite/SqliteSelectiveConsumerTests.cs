using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests.Sqlite;

/// <summary>What is promised of queues that come and go, kept on a SQLite file.</summary>
public sealed class SqliteSelectiveConsumerTests(SqliteFolder folder) : SelectiveConsumerContract, IClassFixture<SqliteFolder>
{
    protected override IBroker CreateBroker() => new SqlBroker(ConnectionString.ParseAll(folder.Url)[0]);
}
