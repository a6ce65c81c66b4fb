using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests.Postgres;

/// <summary>What is promised of looking into queues, kept on a real PostgreSQL.</summary>
public sealed class PostgresBrowseContractTests(PostgresSchema schema) : QueueBrowserContract, IClassFixture<PostgresSchema>
{
    protected override IBroker CreateBroker() => new SqlBroker(ConnectionString.ParseAll(schema.Url)[0]);
}
