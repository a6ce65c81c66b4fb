using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests.Postgres;

/// <summary>Batches on a real PostgreSQL.</summary>
public sealed class PostgresBatchTests(PostgresSchema schema) : BatchContract, IClassFixture<PostgresSchema>
{
    protected override void Use(TaskQueueBuilder queue) => queue.UsePostgres(schema.Url).UsePostgresResults(schema.Url);

    protected override async Task CleanUpAsync()
    {
        (await schema.ScalarAsync<long>($"select count(*) from {schema.Name}.message where consumer is not null")).Should().Be(0, "a worker that stopped holds nothing");
        (await schema.ScalarAsync<long>($"select count(*) from {schema.Name}.consumer")).Should().Be(0);
    }
}
