using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Results;

namespace CeleryNet.Sql.Tests.Postgres;

/// <summary>The promises of every result backend, kept on a real PostgreSQL.</summary>
public sealed class PostgresResultTests(PostgresSchema schema) : ResultBackendContract, IClassFixture<PostgresSchema>
{
    protected override IResultBackend CreateBackend() => new SqlResultBackend(ConnectionString.ParseAll(schema.Url)[0]);
}
