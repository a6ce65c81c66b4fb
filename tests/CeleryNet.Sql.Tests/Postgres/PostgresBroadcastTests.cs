using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests.Postgres;

/// <summary>What is promised of broadcasts, kept on a real PostgreSQL.</summary>
public sealed class PostgresBroadcastTests(PostgresSchema schema) : BroadcastContract, IClassFixture<PostgresSchema>
{
    protected override IBroker CreateBroker() => new SqlBroker(ConnectionString.ParseAll(schema.Url)[0]);
}
