using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Results;

namespace CeleryNet.Sql.Tests.CeleryResults;

/// <summary>The promises of every result backend, kept in Celery's tables of a real PostgreSQL.</summary>
public sealed class PostgresCeleryResultTests(PostgresSchema schema) : ResultBackendContract, IClassFixture<PostgresSchema>
{
    protected override bool KeepsFamily => false;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await schema.ExecuteAsync($"create schema if not exists \"{schema.Name}\"");
    }

    protected override IResultBackend CreateBackend() => new CeleryResultBackend(ConnectionString.ParseAll(PostgresCeleryUrl.Of(schema))[0]);
}
