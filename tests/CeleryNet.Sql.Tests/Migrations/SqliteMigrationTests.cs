using CeleryNet.Contracts;
using Microsoft.Data.Sqlite;

namespace CeleryNet.Sql.Tests.Migrations;

/// <summary>Within a process one thread writes for all hosts, so a connection of the test's own plays the host in another process.</summary>
public sealed class SqliteMigrationTests : SchemaMigrationContract, IDisposable
{
    private readonly SqliteFolder _folder = new();

    protected override string Url => _folder.Url;

    protected override string NextStep => "alter table celerynet.message add column note text not null default 'new';\nupdate celerynet.message set note = 'migrated'";

    [Fact]
    public async Task Start_WhileAnotherProcessMigrates_WaitsAndDoesNotRepeatIt()
    {
        await using var other = new SqliteConnection($"Data Source={_folder.File};Pooling=false");
        await other.OpenAsync();
        await RunAsync(other, SqlSchema.Sqlite());
        await RunAsync(other, "begin immediate");
        await RunAsync(other, Named($"{NextStep}; insert into celerynet.schema_version (version, applied) values (2, 0)"));

        var starting = StartNewerAsync();
        await RunAsync(other, "commit");

        await starting.Within();
        (await ScalarAsync("select count(*) from celerynet.schema_version")).Should().Be(2);
    }

    protected override Task<long> ScalarAsync(string sql) => Task.FromResult(_folder.Scalar<long>(Named(sql)));

    protected override string Named(string sql) => sql.Replace("celerynet.", "celerynet_", StringComparison.Ordinal);

    public void Dispose() => _folder.Dispose();

    private static async Task RunAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
