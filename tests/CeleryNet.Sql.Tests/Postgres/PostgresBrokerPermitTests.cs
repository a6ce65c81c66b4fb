using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests.Postgres;

/// <summary>What is promised of permits by the broker, kept on a real PostgreSQL.</summary>
public sealed class PostgresBrokerPermitTests(PostgresSchema schema) : PermitStoreContract, IClassFixture<PostgresSchema>
{
    private readonly string _url = schema.NewUrl();

    protected override IPermitStore CreateStore() => new SqlBroker(ConnectionString.ParseAll(_url)[0], new SqlOptions { LeaseDuration = TimeSpan.FromSeconds(4) });

    protected override Task PassAsync(TimeSpan time, Func<Task<bool>>? reached) => RealTime.PassAsync(time, reached);
}
