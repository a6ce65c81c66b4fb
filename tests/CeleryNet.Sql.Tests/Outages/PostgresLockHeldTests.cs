using System.Data.Common;

namespace CeleryNet.Sql.Tests.Outages;

/// <summary>Another session has locked the table of messages.</summary>
public sealed class PostgresLockHeldTests(PostgresSchema schema) : LockHeldContract, IClassFixture<PostgresSchema>
{
    protected override string Reason => "lock";

    protected override void Use(TaskQueueBuilder queue) => queue.UsePostgres(schema.Url).UsePostgresResults(schema.Url);

    protected override async Task<(DbConnection Connection, DbTransaction Transaction)> LockAsync()
    {
        var connection = await schema.Source.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"lock table {schema.Name}.message in access exclusive mode";
        await command.ExecuteNonQueryAsync();
        return (connection, transaction);
    }
}
