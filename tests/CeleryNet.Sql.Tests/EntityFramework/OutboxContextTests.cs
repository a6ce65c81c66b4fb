using CeleryNet.Brokers;
using CeleryNet.Contracts;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace CeleryNet.Sql.Tests.EntityFramework;

/// <summary>From a context over PostgreSQL to a broker of another kind.</summary>
public sealed class OutboxContextTests(PostgresSchema schema) : ContextSuite, IClassFixture<PostgresSchema>
{
    [SkippableFact]
    public async Task SaveChanges_BrokerIsRedis_SendsThroughTheOutboxWhatCommits() => await SendsWhatCommitsAsync(queue => queue.UseRedis(TestServers.Redis));

    [SkippableFact]
    public async Task SaveChanges_BrokerIsRabbitMQ_SendsThroughTheOutboxWhatCommits() =>
        await SendsWhatCommitsAsync(queue => queue.UseRabbitMQ(TestServers.RabbitMQ).Queue(Queue, _ => new QueueDefinition(Queue).WithArgument("x-expires", 60_000)));

    private async Task SendsWhatCommitsAsync(Action<TaskQueueBuilder> useBroker)
    {
        var name = schema.NewName();
        await schema.ExecuteAsync($"create schema {name}");
        var connection = new NpgsqlConnectionStringBuilder(schema.ConnectionText) { SearchPath = name, Pooling = false }.ToString();
        var contexts = await StartAsync(
            queue =>
            {
                useBroker(queue);
                queue.UseOutbox(schema.Source, options => options.Schema = name);
            },
            options => options.UseNpgsql(connection));
        await using var context = await contexts.CreateDbContextAsync();
        context.Add(new Order { Name = "a" });
        context.Enqueue(BillTasks.BillTask("a"));
        await context.SaveChangesAsync();
        await using (await context.Database.BeginTransactionAsync())
        {
            context.Add(new Order { Name = "b" });
            context.Enqueue(BillTasks.BillTask("b"));
            await context.SaveChangesAsync();
        }

        (await DoneAsync(contexts)).Should().Equal("a");
        (await OrdersAsync(contexts)).Should().Equal("a");
    }
}
