using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Results;

namespace CeleryNet.Sql.Tests.Sqlite;

/// <summary>The promises of every result backend, kept on a SQLite file.</summary>
public sealed class SqliteResultTests(SqliteFolder folder) : ResultBackendContract, IClassFixture<SqliteFolder>
{
    protected override IResultBackend CreateBackend() => new SqlResultBackend(ConnectionString.ParseAll(folder.Url)[0]);
}
