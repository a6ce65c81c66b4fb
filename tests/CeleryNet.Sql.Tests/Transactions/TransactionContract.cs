using System.Data.Common;
using CeleryNet.Brokers;
using CeleryNet.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CeleryNet.Sql.Tests.Transactions;

/// <summary>What is promised of tasks sent within a transaction of the application, on each database.</summary>
public abstract class TransactionContract : IAsyncLifetime
{
    private readonly List<IHost> _hosts = [];

    /// <summary>Default queue of the test.</summary>
    protected string Queue { get; } = $"tests-{Guid.NewGuid():n}";

    public Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.StopAsync().Within();
            await ((IAsyncDisposable)host).DisposeAsync();
        }
    }

    [SkippableFact]
    public async Task Enqueue_TransactionCommits_IsSentThenAndNotBefore()
    {
        var (client, broker) = await StartAsync(UseDatabase);
        await using var connection = await ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await RunAsync(connection, transaction, "insert into bill (id) values (1)");

        var handle = await client.Within(transaction).EnqueueByNameAsync("shop.bill", [1]);
        var before = await broker.CountAsync(Queue, CancellationToken.None);
        await transaction.CommitAsync();

        before.Should().Be(0);
        var sent = await broker.PeekAsync(Queue, 10, CancellationToken.None);
        sent.Should().ContainSingle().Which.Message.Id.Should().Be(handle.Id);
    }

    [SkippableFact]
    public async Task Enqueue_TransactionRolledBack_IsNeverSent()
    {
        var (client, broker) = await StartAsync(UseDatabase);
        await using var connection = await ConnectAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await RunAsync(connection, transaction, "insert into bill (id) values (2)");
            await client.Within(transaction).EnqueueByNameAsync("shop.bill", [2]);
            await transaction.RollbackAsync();
        }

        var marker = await client.EnqueueByNameAsync("shop.bill", [3]); // also finds that the queue, rolled back with the task, is to be declared

        var sent = await broker.PeekAsync(Queue, 10, CancellationToken.None);
        sent.Should().ContainSingle().Which.Message.Id.Should().Be(marker.Id);
    }

    [SkippableFact]
    public async Task Enqueue_TransactionCommits_WakesAConsumer()
    {
        var (client, broker) = await StartAsync(UseDatabase);
        await using var consumer = await ((IBroker)broker).ConsumeAsync(new ConsumerSettings { Queues = [new QueueDefinition(Queue)], Prefetch = 1, NodeName = "celery@tests" }, CancellationToken.None);
        await using var connection = await ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync();

        var handle = await client.Within(transaction).EnqueueByNameAsync("shop.bill", [1]);
        await transaction.CommitAsync();

        (await consumer.TakeAsync()).Message.Id.Should().Be(handle.Id);
    }

    [SkippableFact]
    public async Task Outbox_TransactionsCommit_AreSentInTheirOrderByTheOtherBroker()
    {
        var (client, broker) = await StartAsync(queue => UseOutbox(queue.UseInMemory()));
        await using var connection = await ConnectAsync();
        var ids = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            await using var transaction = await connection.BeginTransactionAsync();
            var handle = await client.Within(transaction).EnqueueByNameAsync("shop.bill", [i]);
            if (i % 5 == 4)
            {
                await transaction.RollbackAsync();
                continue;
            }

            await transaction.CommitAsync();
            ids.Add(handle.Id);
        }

        await Eventually.IsTrueAsync(async () => await broker.CountAsync(Queue, CancellationToken.None) == ids.Count);

        (await broker.PeekAsync(Queue, 100, CancellationToken.None)).Select(delivery => delivery.Message.Id).Should().Equal(ids);
        await Eventually.IsTrueAsync(async () => await Service<SqlOutbox>().CountAsync() == 0);
    }

    [SkippableFact]
    public async Task Outbox_OfTwoHosts_SendsEachOnce()
    {
        var (client, broker) = await StartAsync(queue => UseOutbox(queue.UseBroker(_ => SharedBroker)));
        var (second, _) = await StartAsync(queue => UseOutbox(queue.UseBroker(_ => SharedBroker)));
        await using var connection = await ConnectAsync();

        for (var i = 0; i < 50; i++)
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await (i % 2 == 0 ? client : second).Within(transaction).EnqueueByNameAsync("shop.bill", [i]);
            await transaction.CommitAsync();
        }

        await Eventually.IsTrueAsync(async () => await Service<SqlOutbox>().CountAsync() == 0);
        (await broker.PeekAsync(Queue, 100, CancellationToken.None)).Select(delivery => delivery.Message.ArgsRepr).Should().Equal(Enumerable.Range(0, 50).Select(i => $"({i},)"));
    }

    [SkippableFact]
    public async Task Enqueue_BrokerThatIsNoDatabase_NamesTheOutbox()
    {
        var (client, _) = await StartAsync(queue => queue.UseInMemory());
        await using var connection = await ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync();

        var enqueue = () => client.Within(transaction);

        enqueue.Should().Throw<TaskQueueConfigurationException>().WithMessage("*UseOutbox*");
    }

    /// <summary>Chooses the database as broker.</summary>
    protected abstract void UseDatabase(TaskQueueBuilder queue);

    /// <summary>Chooses the database as outbox.</summary>
    protected abstract void UseOutbox(TaskQueueBuilder queue);

    /// <summary>A connection of the application, to a database with a table <c>bill</c>.</summary>
    protected abstract Task<DbConnection> ConnectAsync();

    /// <summary>A broker inside the process, for several hosts.</summary>
    private IBroker SharedBroker { get; } = BrokerSchemes.Create(new ServiceCollection().BuildServiceProvider(), "memory://");

    protected static async Task RunAsync(DbConnection connection, DbTransaction? transaction, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        await command.ExecuteNonQueryAsync();
    }

    protected T Service<T>() where T : notnull => _hosts[^1].Services.GetRequiredService<T>();

    protected async Task<(ITaskClient Client, IQueueBrowser Broker)> StartAsync(Action<TaskQueueBuilder> use)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddTaskQueue(queue =>
        {
            use(queue);
            queue.DefaultQueue(Queue);
        });
        var host = builder.Build();
        _hosts.Add(host);
        await host.StartAsync();
        var broker = host.Services.GetRequiredService<IBroker>();
        await broker.PingAsync(CancellationToken.None);
        return (host.Services.GetRequiredService<ITaskClient>(), (IQueueBrowser)broker);
    }
}
