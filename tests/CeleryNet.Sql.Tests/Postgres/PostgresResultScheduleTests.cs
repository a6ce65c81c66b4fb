using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Scheduling;

namespace CeleryNet.Sql.Tests.Postgres;

/// <summary>What is promised of schedules by the results, kept on a real PostgreSQL.</summary>
public sealed class PostgresResultScheduleTests(PostgresSchema schema) : ScheduleStoreContract, IClassFixture<PostgresSchema>
{
    private readonly string _url = schema.NewUrl();

    protected override IScheduleStore CreateStore() => new SqlResultBackend(ConnectionString.ParseAll(_url)[0]);
}
