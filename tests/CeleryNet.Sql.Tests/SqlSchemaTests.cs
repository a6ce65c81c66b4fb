using Microsoft.Data.Sqlite;

namespace CeleryNet.Sql.Tests;

/// <summary>The script for those who run migrations themselves.</summary>
public sealed class SqlSchemaTests(PostgresSchema postgres) : IClassFixture<PostgresSchema>
{
    [Fact]
    public void Sqlite_RunOnAnEmptyFile_MakesTheTables()
    {
        using var folder = new SqliteFolder();
        using var connection = new SqliteConnection($"Data Source={folder.File};Pooling=false");
        connection.Open();

        Run(connection, SqlSchema.Sqlite());

        Run(connection, "select count(*) from celerynet_message").Should().Be(0L);
        Run(connection, "select max(version) from celerynet_schema_version").Should().Be(1L);
    }

    [SkippableFact]
    public async Task Postgres_RunOnAnEmptyDatabase_MakesTheSchemaAndItsTables()
    {
        await postgres.ExecuteAsync(SqlSchema.Postgres(postgres.Name));

        (await postgres.ScalarAsync<long>($"select count(*) from {postgres.Name}.message")).Should().Be(0);
        (await postgres.ScalarAsync<int>($"select max(version) from {postgres.Name}.schema_version")).Should().Be(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Shop")]
    [InlineData("1a")]
    [InlineData("a\"; drop table x; --")]
    public void Postgres_NameThatNeedsQuotes_IsRefused(string schema)
    {
        var script = () => SqlSchema.Postgres(schema);

        script.Should().Throw<TaskQueueConfigurationException>().WithMessage("Sql.Schema is*");
    }

    private static object? Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
