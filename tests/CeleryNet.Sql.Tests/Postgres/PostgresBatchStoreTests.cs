using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Results;

namespace CeleryNet.Sql.Tests.Postgres;

/// <summary>Batches counted in a real PostgreSQL.</summary>
public sealed class PostgresBatchStoreTests(PostgresSchema schema) : BatchStoreContract, IClassFixture<PostgresSchema>
{
    protected override IResultBackend CreateBackend() =>
        new SqlResultBackend(ConnectionString.ParseAll(schema.Url)[0], new SqlOptions(), new TestServices(new BrokerSettings { PublishTimeout = TimeSpan.FromSeconds(10) }));
}
