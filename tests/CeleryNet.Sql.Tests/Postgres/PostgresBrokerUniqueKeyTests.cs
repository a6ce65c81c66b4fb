using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests.Postgres;

/// <summary>What is promised of unique keys by the broker, kept on a real PostgreSQL.</summary>
public sealed class PostgresBrokerUniqueKeyTests(PostgresSchema schema) : UniqueKeyStoreContract, IClassFixture<PostgresSchema>
{
    private readonly string _url = schema.NewUrl();

    protected override IUniqueKeyStore CreateStore() => new SqlBroker(ConnectionString.ParseAll(_url)[0]);

    protected override Task PassAsync(TimeSpan time, Func<Task<bool>>? reached) => RealTime.PassAsync(time, reached);
}
