using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Control;

namespace CeleryNet.Sql.Tests.Sqlite;

/// <summary>What is promised of stored revocations by the results, kept on a SQLite file.</summary>
public sealed class SqliteResultRevocationTests(SqliteFolder folder) : RevocationStoreContract, IClassFixture<SqliteFolder>
{
    private readonly string _url = folder.NewUrl();

    protected override IRevocationStore CreateStore() => new SqlResultBackend(ConnectionString.ParseAll(_url)[0]);
}
