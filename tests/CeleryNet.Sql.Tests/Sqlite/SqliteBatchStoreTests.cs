using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Results;

namespace CeleryNet.Sql.Tests.Sqlite;

/// <summary>Batches counted in a SQLite file.</summary>
public sealed class SqliteBatchStoreTests(SqliteFolder folder) : BatchStoreContract, IClassFixture<SqliteFolder>
{
    protected override IResultBackend CreateBackend() =>
        new SqlResultBackend(ConnectionString.ParseAll(folder.Url)[0], new SqlOptions(), new TestServices(new BrokerSettings { PublishTimeout = TimeSpan.FromSeconds(10) }));
}
