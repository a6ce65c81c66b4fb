namespace CeleryNet.Sql.Tests.Sqlite;

/// <summary>Chords counted in a SQLite file.</summary>
public sealed class SqliteChordStoreTests(SqliteFolder folder) : SqlChordStoreContract, IClassFixture<SqliteFolder>
{
    protected override string Url => folder.Url;

    protected override Task<long> ScalarAsync(string sql) => Task.FromResult(folder.Scalar<long>(sql.Replace("celerynet.", "celerynet_", StringComparison.Ordinal)));
}
