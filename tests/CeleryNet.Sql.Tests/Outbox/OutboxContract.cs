using CeleryNet.Brokers;
using CeleryNet.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CeleryNet.Sql.Tests.Outbox;

/// <summary>What the outbox promises, from transactions on a real PostgreSQL to a real broker of another kind.</summary>
public abstract class OutboxContract(PostgresSchema schema) : IAsyncLifetime
{
    // The server's clock, by which leases are kept.
    private const string Now = "(extract(epoch from clock_timestamp()) * 1000)::bigint";

    private readonly List<IAsyncDisposable> _owned = [];

    /// <summary>Three queues of the test; RabbitMQ removes them a minute after they were used last.</summary>
    protected QueueDefinition[] Queues { get; } = [.. Enumerable.Range(0, 3).Select(i => new QueueDefinition($"tests-{Guid.NewGuid():n}.{i}").WithArgument("x-expires", 60_000))];

    /// <summary>Chooses the broker.</summary>
    protected abstract void UseBroker(TaskQueueBuilder queue, string url);

    /// <summary>URL of the server.</summary>
    protected abstract string Url { get; }

    /// <summary>The URL through a proxy.</summary>
    protected abstract string UrlThrough(int port);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var owned in Enumerable.Reverse(_owned)) await owned.DisposeAsync();
    }

    [SkippableFact]
    public async Task Outbox_ManyTransactions_ArriveInTheirOrderPerQueue()
    {
        var host = await StartAsync(Url, schema.Name);

        await SendAsync(host, 90);

        for (var queue = 0; queue < 3; queue++) (await ArgumentsOfAsync(queue, 30)).Should().Equal(Enumerable.Range(0, 30).Select(i => $"({(i * 3) + queue},)"));
        await EventuallyEmptyAsync(host);
    }

    [SkippableFact]
    public async Task Outbox_BrokerAway_SendsAllInTheirOrderWhenItIsBack()
    {
        var server = ConnectionString.ParseAll(Url)[0];
        var proxy = TcpProxy.Start(server.Host ?? "127.0.0.1", server.Port ?? 0);
        _owned.Add(proxy);
        var host = await StartAsync(UrlThrough(proxy.Port), schema.Name);
        await SendAsync(host, 3);
        await EventuallyEmptyAsync(host);

        proxy.Set(TcpProxyMode.Refuse);
        await SendAsync(host, 30, from: 3);
        var waiting = await host.Services.GetRequiredService<SqlOutbox>().CountAsync();
        proxy.Set(TcpProxyMode.Pass);

        waiting.Should().Be(30, "nothing is removed that the broker has not confirmed");
        await EventuallyEmptyAsync(host);
        for (var queue = 0; queue < 3; queue++) (await ArgumentsOfAsync(queue, 11)).Should().Equal(Enumerable.Range(0, 11).Select(i => $"({(i * 3) + queue},)"));
    }

    [SkippableFact]
    public async Task Outbox_OfAHostThatWasKilled_IsSentByTheNextWhenItsLeaseEnds()
    {
        var first = await StartAsync(Url, schema.Name);
        await SendAsync(first, 3);
        await EventuallyEmptyAsync(first);
        await first.StopAsync().Within();
        var lease = await schema.ScalarAsync<long>($"update {schema.Name}.lease set token = token + 1, until = {Now} + 3000 where name = 'celerynet.outbox' returning until");
        var next = await StartAsync(Url, schema.Name);

        await SendAsync(next, 3, from: 3);
        await EventuallyEmptyAsync(next);

        (await schema.ScalarAsync<long>($"select {Now}")).Should().BeGreaterThanOrEqualTo(lease, "until then another one may be sending");
        for (var queue = 0; queue < 3; queue++) (await ArgumentsOfAsync(queue, 2)).Should().Equal($"({queue},)", $"({queue + 3},)");
    }

    /// <summary>A host with an outbox.</summary>
    protected async Task<IHost> StartAsync(string url, string schemaName)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddTaskQueue(queue =>
        {
            UseBroker(queue, url);
            queue.UseOutbox(schema.Source, options =>
            {
                options.Schema = schemaName;
                options.LeaseDuration = TimeSpan.FromSeconds(3);
            });
            foreach (var definition in Queues) queue.Queue(definition.Name, _ => definition);
        });
        var host = builder.Build();
        _owned.Add((IAsyncDisposable)host);
        await host.StartAsync().Within();
        return host;
    }

    /// <summary>Sends tasks to the queues in turn, each within a transaction of its own.</summary>
    protected async Task SendAsync(IHost host, int count, int from = 0)
    {
        var client = host.Services.GetRequiredService<ITaskClient>();
        await using var connection = await schema.Source.OpenConnectionAsync();
        for (var i = from; i < from + count; i++)
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await client.Within(transaction).EnqueueByNameAsync("shop.bill", [i], configure: o => o.Queue = Queues[i % 3].Name);
            await transaction.CommitAsync();
        }
    }

    /// <summary>Takes what is in a queue, on a connection that no proxy is in the way of; what came twice is counted once.</summary>
    protected async Task<List<string?>> ArgumentsOfAsync(int queue, int count)
    {
        await using var services = new ServiceCollection().AddTaskQueue(queues => UseBroker(queues, Url)).BuildServiceProvider();
        await using var consumer = await services.GetRequiredService<IBroker>().ConsumeAsync(new ConsumerSettings { Queues = [Queues[queue]], Prefetch = 10, NodeName = "celery@tests" }, CancellationToken.None).Within();
        var (ids, arguments) = (new HashSet<string>(), new List<string?>());
        while (arguments.Count < count)
        {
            var delivery = await consumer.TakeAsync();
            if (ids.Add(delivery.Message.Id!)) arguments.Add(delivery.Message.ArgsRepr); // it was sent by this library
        }

        return arguments;
    }

    protected static Task EventuallyEmptyAsync(IHost host) =>
        Eventually.IsTrueAsync(async () => await host.Services.GetRequiredService<SqlOutbox>().CountAsync() == 0, TimeSpan.FromSeconds(30));
}
