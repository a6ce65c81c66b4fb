using System.Data.Common;

namespace CeleryNet.Sql.Tests.Transactions;

/// <summary>Tasks within the transactions of an application that keeps its own tables in the same PostgreSQL.</summary>
public sealed class PostgresTransactionTests(PostgresSchema schema) : TransactionContract, IClassFixture<PostgresSchema>
{
    protected override void UseDatabase(TaskQueueBuilder queue) => queue.UsePostgres(schema.Source, options => options.Schema = schema.Name);

    protected override void UseOutbox(TaskQueueBuilder queue) => queue.UseOutbox(schema.Source, options => options.Schema = schema.Name);

    protected override async Task<DbConnection> ConnectAsync()
    {
        var connection = await schema.Source.OpenConnectionAsync();
        await RunAsync(connection, null, "create temp table if not exists bill (id integer)");
        return connection;
    }
}
