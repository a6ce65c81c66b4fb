using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests.Postgres;

/// <summary>What limits and unique tasks promise over several workers, on a real PostgreSQL.</summary>
public sealed class PostgresWorkerLimitTests(PostgresSchema schema) : WorkerLimitContract, IClassFixture<PostgresSchema>
{
    private readonly string _url = schema.NewUrl(); // the keys are the same in every test

    protected override void Use(TaskQueueBuilder queue) => queue
        .UsePostgres(_url, options => options.LeaseDuration = TimeSpan.FromSeconds(2))
        .UsePostgresResults(_url);
}
