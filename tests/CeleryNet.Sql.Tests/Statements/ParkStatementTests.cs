using System.Data.Common;
using CeleryNet.Sql.Databases;
using Microsoft.Data.Sqlite;

namespace CeleryNet.Sql.Tests.Statements;

/// <summary>A transaction whose answer was lost is written again: what was parked by it is parked once.</summary>
public sealed class ParkStatementTests(SqliteFolder folder, PostgresSchema schema) : IClassFixture<SqliteFolder>, IClassFixture<PostgresSchema>
{
    private const long Holder = 7;

    [Fact]
    public async Task Park_AskedAgain_OnSqlite_FindsItParked()
    {
        await using var connection = new SqliteConnection($"Data Source={folder.File};Pooling=false");
        await connection.OpenAsync();
        await RunAsync(connection, SqlSchema.Sqlite());

        await AssertParkedOnceAsync(connection, SqlStatements.Sqlite(), "celerynet_message");
    }

    [SkippableFact]
    public async Task Park_AskedAgain_OnPostgres_FindsItParked()
    {
        _ = schema.Url; // skips where there is no server
        await schema.ExecuteAsync(SqlSchema.Postgres(schema.Name));
        await using var connection = await schema.Source.OpenConnectionAsync();

        await AssertParkedOnceAsync(connection, SqlStatements.Postgres(schema.Name), $"{schema.Name}.message");
    }

    private static async Task AssertParkedOnceAsync(DbConnection connection, SqlStatements statements, string table)
    {
        await RunAsync(connection, $"insert into {table} (queue, priority, deliveries, consumer, content) values ('q', 0, 3, {Holder}, '')");
        var id = Convert.ToInt64(await ScalarAsync(connection, $"select id from {table}"));

        var first = await ParkAsync(due: 1000);
        var again = await ParkAsync(due: 1000);
        var other = await ParkAsync(due: 2000);

        (first, again, other).Should().Be((1, 1, 0), "only who asks for the same is told that it is so");
        (await ScalarAsync(connection, $"select deliveries || ' ' || due || ' ' || coalesce(consumer, 0) from {table}")).Should().Be("2 1000 0", "it went back once");

        Task<int> ParkAsync(long due) => RunAsync(connection, statements["park"], ("consumer", Holder), ("id", id), ("due", due));
    }

    private static async Task<int> RunAsync(DbConnection connection, string text, params (string Name, object Value)[] arguments)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = text;
        foreach (var (name, value) in arguments)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return await command.ExecuteNonQueryAsync();
    }

    private static async Task<object?> ScalarAsync(DbConnection connection, string text)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = text;
        return await command.ExecuteScalarAsync();
    }
}
