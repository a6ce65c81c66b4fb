using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Results;

namespace CeleryNet.Sql.Tests.CeleryResults;

/// <summary>The promises of every result backend, kept in Celery's tables of a SQLite file.</summary>
public sealed class SqliteCeleryResultTests(SqliteFolder folder) : ResultBackendContract, IClassFixture<SqliteFolder>
{
    protected override bool KeepsFamily => false;

    protected override IResultBackend CreateBackend() => new CeleryResultBackend(ConnectionString.ParseAll($"db+{folder.Url}")[0]);
}
