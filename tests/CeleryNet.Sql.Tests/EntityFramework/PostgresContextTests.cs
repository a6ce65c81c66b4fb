using System.Transactions;
using CeleryNet.Contracts;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace CeleryNet.Sql.Tests.EntityFramework;

/// <summary>Over one PostgreSQL database.</summary>
public sealed class PostgresContextTests(PostgresSchema schema) : ContextContract, IClassFixture<PostgresSchema>
{
    private readonly string _name = schema.NewName();

    [SkippableFact]
    public async Task SaveChanges_SessionLostBeforeTheTasks_IsRetriedAsAWhole()
    {
        var contexts = await StartAsync(options => options.UseNpgsql(ConnectionText(), npgsql => npgsql.EnableRetryOnFailure([PostgresErrorCodes.AdminShutdown])));
        await using var context = await contexts.CreateDbContextAsync();
        var order = new Order { Name = "a" };
        context.Add(order);
        var attempts = 0;
        context.Enqueue(order, _ =>
        {
            if (++attempts == 1) TerminateSessions();
            return BillTasks.BillTask("a");
        });

        await context.SaveChangesAsync();

        attempts.Should().Be(2);
        (await OrdersAsync(contexts)).Should().Equal("a");
        (await DoneAsync(contexts)).Should().Equal("a");
    }

    [SkippableFact]
    public async Task SaveChanges_CommitRefused_SendsNothingAndOnceWithTheNext()
    {
        var contexts = await StartAsync();
        await using var context = await contexts.CreateDbContextAsync();
        await context.Database.ExecuteSqlRawAsync("alter table shop_order add constraint late unique (\"Name\") deferrable initially deferred; drop index \"IX_shop_order_Name\"");
        await AddAsync(contexts, "taken");
        var order = new Order { Name = "taken" };
        context.Add(order);
        context.Enqueue(BillTasks.BillTask("a"));

        await context.Awaiting(self => self.SaveChangesAsync()).Should().ThrowAsync<PostgresException>("the constraint is checked when the transaction commits");
        var before = await DoneAsync(contexts);
        order.Name = "free";
        await context.SaveChangesAsync();

        before.Should().BeEmpty();
        (await DoneAsync(contexts)).Should().Equal("a");
    }

    [SkippableFact]
    public async Task SaveChanges_InATransactionScope_IsRefused()
    {
        var contexts = await StartAsync();
        await using var context = await contexts.CreateDbContextAsync();
        using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
        context.Enqueue(BillTasks.BillTask("a"));

        await context.Awaiting(self => self.SaveChangesAsync()).Should().ThrowAsync<TaskQueueException>().WithMessage("*TransactionScope*BeginTransactionAsync*");
    }

    protected override void UseBroker(TaskQueueBuilder queue) => queue.UsePostgres(schema.Source, options => options.Schema = schema.Name);

    protected override void UseDatabase(DbContextOptionsBuilder options) => options.UseNpgsql(ConnectionText());

    // The application's tables are in a schema of each test.
    private string ConnectionText()
    {
        schema.ExecuteAsync($"create schema if not exists {_name}").GetAwaiter().GetResult();
        return new NpgsqlConnectionStringBuilder(schema.ConnectionText) { SearchPath = _name, ApplicationName = _name, Pooling = false }.ToString();
    }

    private void TerminateSessions()
    {
        schema.ExecuteAsync($"select pg_terminate_backend(pid) from pg_stat_activity where application_name = '{_name}'").GetAwaiter().GetResult();
        Eventually.IsTrueAsync(async () => await schema.ScalarAsync<long>($"select count(*) from pg_stat_activity where application_name = '{_name}'") == 0).GetAwaiter().GetResult();
    }
}
