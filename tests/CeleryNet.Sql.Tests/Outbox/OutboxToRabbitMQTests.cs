using CeleryNet.Brokers;
using CeleryNet.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace CeleryNet.Sql.Tests.Outbox;

/// <summary>From PostgreSQL to RabbitMQ.</summary>
public sealed class OutboxToRabbitMQTests(PostgresSchema schema) : OutboxContract(schema), IClassFixture<PostgresSchema>
{
    private readonly PostgresSchema _schema = schema;

    protected override string Url => TestServers.RabbitMQ;

    protected override void UseBroker(TaskQueueBuilder queue, string url) => queue.UseRabbitMQ(url);

    protected override string UrlThrough(int port) => Url.Replace($":{ConnectionString.ParseAll(Url)[0].Port}/", $":{port}/", StringComparison.Ordinal);

    [SkippableFact]
    public async Task Outbox_QueueThatTakesNoMore_HoldsUpNoOtherAndGoesOnInItsOrder()
    {
        const int Blocked = 600; // more than the relay reads at once
        Queues[0] = Queues[0].WithArgument("x-max-length", 1).WithArgument("x-overflow", "reject-publish");
        var host = await StartAsync(Url, _schema.NewName());
        var client = host.Services.GetRequiredService<ITaskClient>();
        await using (var connection = await _schema.Source.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            for (var i = 0; i < Blocked; i++) await client.Within(transaction).EnqueueByNameAsync("shop.bill", [i], configure: o => o.Queue = Queues[0].Name);
            await client.Within(transaction).EnqueueByNameAsync("shop.bill", ["other"], configure: o => o.Queue = Queues[1].Name);
            await transaction.CommitAsync();
        }

        var other = await ArgumentsOfAsync(1, 1);
        var waiting = await host.Services.GetRequiredService<SqlOutbox>().CountAsync();
        var first = await ArgumentsOfAsync(0, 2);

        other.Should().Equal("('other',)");
        waiting.Should().BeGreaterThan(500, "the full queue takes one, and nobody has read it");
        first[0].Should().Be("(0,)");
    }
}
