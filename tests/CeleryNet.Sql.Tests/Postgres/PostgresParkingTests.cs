using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests.Postgres;

/// <summary>What is promised of parking, kept on a real PostgreSQL.</summary>
public sealed class PostgresParkingTests(PostgresSchema schema) : ParkingContract, IClassFixture<PostgresSchema>
{
    protected override IBroker CreateBroker() => new SqlBroker(ConnectionString.ParseAll(schema.Url)[0]);
}
