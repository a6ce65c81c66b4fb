using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests.Sqlite;

/// <summary>What is promised of permits by the results, kept on a SQLite file.</summary>
public sealed class SqliteResultPermitTests(SqliteFolder folder) : PermitStoreContract, IClassFixture<SqliteFolder>
{
    private readonly string _url = folder.NewUrl();

    protected override IPermitStore CreateStore() => Open(TimeSpan.FromSeconds(4));

    protected override IPermitStore CreateLastingStore() => Open(TimeSpan.FromMinutes(1));

    protected override Task PassAsync(TimeSpan time, Func<Task<bool>>? reached) => RealTime.PassAsync(time, reached);

    private SqlResultBackend Open(TimeSpan lease) => new SqlResultBackend(ConnectionString.ParseAll(_url)[0], new SqlOptions { LeaseDuration = lease });
}
