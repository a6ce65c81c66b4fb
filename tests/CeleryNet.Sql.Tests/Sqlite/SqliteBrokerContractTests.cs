using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests.Sqlite;

/// <summary>The promises of every broker, kept on a SQLite file.</summary>
public sealed class SqliteBrokerContractTests(SqliteFolder folder) : BrokerContract, IClassFixture<SqliteFolder>
{
    protected override IBroker CreateBroker() => new SqlBroker(ConnectionString.ParseAll(folder.Url)[0]);
}
