using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests.Sqlite;

/// <summary>What is promised of parking, kept on a SQLite file.</summary>
public sealed class SqliteParkingTests(SqliteFolder folder) : ParkingContract, IClassFixture<SqliteFolder>
{
    protected override IBroker CreateBroker() => new SqlBroker(ConnectionString.ParseAll(folder.Url)[0]);
}
