using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests.Postgres;

/// <summary>What is promised of queues that come and go, kept on a real PostgreSQL.</summary>
public sealed class PostgresSelectiveConsumerTests(PostgresSchema schema) : SelectiveConsumerContract, IClassFixture<PostgresSchema>
{
    protected override IBroker CreateBroker() => new SqlBroker(ConnectionString.ParseAll(schema.Url)[0]);
}
