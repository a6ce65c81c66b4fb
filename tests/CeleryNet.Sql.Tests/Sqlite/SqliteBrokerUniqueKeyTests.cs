using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests.Sqlite;

/// <summary>What is promised of unique keys by the broker, kept on a SQLite file.</summary>
public sealed class SqliteBrokerUniqueKeyTests(SqliteFolder folder) : UniqueKeyStoreContract, IClassFixture<SqliteFolder>
{
    private readonly string _url = folder.NewUrl();

    protected override IUniqueKeyStore CreateStore() => new SqlBroker(ConnectionString.ParseAll(_url)[0]);

    protected override Task PassAsync(TimeSpan time, Func<Task<bool>>? reached) => RealTime.PassAsync(time, reached);
}
