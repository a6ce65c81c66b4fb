using CeleryNet.Brokers;

namespace CeleryNet.Sql.Tests.Postgres;

/// <summary>What is promised of leading, kept on a real PostgreSQL.</summary>
public sealed class PostgresLeaderLeaseTests(PostgresSchema schema) : SqlLeaderLeaseContract, IClassFixture<PostgresSchema>
{
    protected override IBroker CreateBroker() => new SqlBroker(ConnectionString.ParseAll(schema.Url)[0]);
}
