using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests.Kombu;

/// <summary>All tables in one schema of the test's own: kombu names none, so the connections look there.</summary>
public sealed class PostgresKombuTests(PostgresSchema schema) : KombuContract, IClassFixture<PostgresSchema>
{
    private readonly string _name = schema.NewName();

    protected override string Url => $"{TestServers.Postgres}?schema={_name}&kombu=true&{Path}";

    protected override string PythonUrl => $"sqla+{TestServers.Postgres}?{Path}";

    protected override string ResultUrl => $"db+{TestServers.Postgres}?{Path}";

    private string Path => $"options=-csearch_path%3D{_name}";

    public override Task InitializeAsync() => schema.ExecuteAsync($"create schema {_name}");

    protected override Task<long> ScalarAsync(string sql) => schema.ScalarAsync<long>(sql.Replace("kombu_", $"{_name}.kombu_", StringComparison.Ordinal));

    protected override Task<long> TablesAsync() => schema.ScalarAsync<long>($"select count(*) from information_schema.tables where table_schema = '{_name}' and table_name in ('kombu_queue', 'kombu_message')");
}
