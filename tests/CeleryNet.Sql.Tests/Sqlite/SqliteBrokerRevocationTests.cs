using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Control;

namespace CeleryNet.Sql.Tests.Sqlite;

/// <summary>What is promised of stored revocations by the broker, kept on a SQLite file.</summary>
public sealed class SqliteBrokerRevocationTests(SqliteFolder folder) : RevocationStoreContract, IClassFixture<SqliteFolder>
{
    private readonly string _url = folder.NewUrl();

    protected override IRevocationStore CreateStore() => new SqlBroker(ConnectionString.ParseAll(_url)[0]);
}
