namespace CeleryNet.Sql.Tests.Postgres;

/// <summary>Chords counted in a real PostgreSQL.</summary>
public sealed class PostgresChordStoreTests(PostgresSchema schema) : SqlChordStoreContract, IClassFixture<PostgresSchema>
{
    protected override string Url => schema.Url;

    protected override Task<long> ScalarAsync(string sql) => schema.ScalarAsync<long>(sql.Replace("celerynet.", $"{schema.Name}.", StringComparison.Ordinal));
}
