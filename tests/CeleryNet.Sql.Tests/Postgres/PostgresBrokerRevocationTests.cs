using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Control;

namespace CeleryNet.Sql.Tests.Postgres;

/// <summary>What is promised of stored revocations by the broker, kept on a real PostgreSQL.</summary>
public sealed class PostgresBrokerRevocationTests(PostgresSchema schema) : RevocationStoreContract, IClassFixture<PostgresSchema>
{
    private readonly string _url = schema.NewUrl();

    protected override IRevocationStore CreateStore() => new SqlBroker(ConnectionString.ParseAll(_url)[0]);
}
