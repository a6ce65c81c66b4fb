namespace CeleryNet.Sql.Tests.Migrations;

/// <summary>Each host has connections of its own, so that two really run at once.</summary>
public sealed class PostgresMigrationTests(PostgresSchema schema) : SchemaMigrationContract, IClassFixture<PostgresSchema>
{
    private readonly string _name = schema.NewName();

    protected override string Url => schema.Url[..(schema.Url.LastIndexOf('=') + 1)] + _name;

    protected override string NextStep => "alter table celerynet.message add column note text not null default 'new';\nupdate celerynet.message set note = 'migrated'";

    protected override Task<long> ScalarAsync(string sql) => schema.ScalarAsync<long>(Named(sql));

    protected override string Named(string sql) => sql.Replace("celerynet.", $"{_name}.", StringComparison.Ordinal);
}
