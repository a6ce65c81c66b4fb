using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests.Postgres;

/// <summary>The promises of every broker, kept on a real PostgreSQL.</summary>
public sealed class PostgresBrokerContractTests(PostgresSchema schema) : BrokerContract, IClassFixture<PostgresSchema>
{
    protected override IBroker CreateBroker() => new SqlBroker(ConnectionString.ParseAll(schema.Url)[0]);
}
