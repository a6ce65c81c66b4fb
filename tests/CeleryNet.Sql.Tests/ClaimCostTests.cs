using Microsoft.Data.Sqlite;

namespace CeleryNet.Sql.Tests;

/// <summary>A claim is answered by the index of what is ready, however much waits.</summary>
public sealed class ClaimCostTests(SqliteFolder folder) : IClassFixture<SqliteFolder>
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

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
