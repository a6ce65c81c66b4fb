using System.Text.Json;
using CeleryNet.Sql.Databases;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace CeleryNet.Sql.Tests;

/// <summary>A claim is answered by the index of what is ready, however much waits.</summary>
public sealed class ClaimCostTests(SqliteFolder folder, PostgresSchema schema) : IClassFixture<SqliteFolder>, IClassFixture<PostgresSchema>
{
    [Fact]
    public void Claim_OnSqlite_ReadsTheIndexOfReadyMessagesInItsOrder()
    {
        using var connection = new SqliteConnection($"Data Source={folder.File};Pooling=false");
        connection.Open();
        Run(connection, SqlSchema.Sqlite());

        var plan = new List<string>();
        using var command = connection.CreateCommand();
        command.CommandText = "explain query plan select id from celerynet_message where queue = 'q' and consumer is null and due is null order by priority desc, id limit 10";
        using var reader = command.ExecuteReader();
        while (reader.Read()) plan.Add(reader.GetString(3));

        plan.Should().ContainSingle().Which.Should().Contain("USING INDEX celerynet_message_ready", "no sorting, and no look at what is held or delayed");
    }

    [SkippableFact]
    public async Task Claim_OnPostgres_ReadsAsFewPagesOfManyAsOfFewMessages()
    {
        _ = schema.Url; // skips where there is no server
        await schema.ExecuteAsync(SqlSchema.Postgres(schema.Name));
        var consumer = await schema.ScalarAsync<long>($"insert into {schema.Name}.consumer (node, alive_until) values ('tests', 1) returning id");

        await FillAsync(1_000);
        var few = await ClaimPagesAsync(consumer);
        await FillAsync(200_000);
        var many = await ClaimPagesAsync(consumer);

        few.Should().BePositive();
        many.Should().BeLessThan((2 * few) + 50, "the tree of an index grows by a level");
    }

    private async Task FillAsync(int count)
    {
        await schema.ExecuteAsync($"insert into {schema.Name}.message (queue, priority, content) select 'q', 0, '' from generate_series(1, {count})");
        await schema.ExecuteAsync($"analyze {schema.Name}.message");
    }

    /// <summary>Pages that a claim of ten messages touches; it is rolled back.</summary>
    private async Task<long> ClaimPagesAsync(long consumer)
    {
        await using var connection = await schema.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"explain (analyze, buffers, format json) {SqlStatements.Postgres(schema.Name)["claim"]}";
        command.Parameters.AddWithValue("consumer", consumer);
        command.Parameters.AddWithValue("queues", new[] { "q" });
        command.Parameters.AddWithValue("limits", new[] { 10L });
        command.Parameters.AddWithValue("limit", 10L);
        using var explained = JsonDocument.Parse((string)(await command.ExecuteScalarAsync())!); // explain always answers
        var plan = explained.RootElement[0].GetProperty("Plan");
        plan.GetProperty("Actual Rows").GetDouble().Should().Be(10);
        return plan.GetProperty("Shared Hit Blocks").GetInt64() + plan.GetProperty("Shared Read Blocks").GetInt64();
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
