using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Messages;

namespace CeleryNet.Sql.Tests.Postgres;

/// <summary>What happens when sessions are ended, locks are held and hosts start together, on a real PostgreSQL.</summary>
public sealed class PostgresFaultTests(PostgresSchema schema) : IClassFixture<PostgresSchema>, IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _owned = [];
    private readonly QueueDefinition _queue = new($"tests-{Guid.NewGuid():n}");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var owned in Enumerable.Reverse(_owned)) await owned.DisposeAsync();
    }

    [SkippableFact]
    public async Task Start_OfManyOnAnEmptyDatabase_MakesTheTablesOnce()
    {
        var url = schema.NewUrl();
        var brokers = Enumerable.Range(0, 6).Select(_ => NewBroker(url)).ToList();

        await Task.WhenAll(brokers.Select(broker => broker.DeclareAsync(_queue, CancellationToken.None).AsTask())).Within();

        var name = url[(url.LastIndexOf('=') + 1)..];
        (await schema.ScalarAsync<long>($"select count(*) from {name}.schema_version")).Should().Be(1);
    }

    [SkippableFact]
    public async Task Sessions_TerminatedWhileTasksAreSentAndTaken_LoseNothing()
    {
        const int Count = 300;
        var (sender, broker) = (NewBroker(schema.Url), NewBroker(schema.Url));
        var consumer = await ConsumeAsync(broker);
        var sending = Task.Run(async () =>
        {
            var ids = new List<string>();
            for (var i = 0; i < Count; i++) ids.Add((await PublishAsync(sender)).Id!); // retried by the broker, or the test fails
            return ids;
        });

        var received = new HashSet<string>();
        var kills = 0;
        while (received.Count < Count)
        {
            received.Add((await consumer.TakeAsync()).Message.Id!);
            if (received.Count % 60 == 30 && kills++ < 5) await TerminateAsync();
        }

        (await sending.Within()).Should().BeEquivalentTo(received);
        await Eventually.IsTrueAsync(async () => await schema.ScalarAsync<long>($"select count(*) from {schema.Name}.message where queue = '{_queue.Name}'") == 0);
    }

    [SkippableFact]
    public async Task Consume_AfterItsListeningSessionWasTerminated_IsWokenAgain()
    {
        var (sender, broker) = (NewBroker(schema.Url), NewBroker(schema.Url));
        var consumer = await ConsumeAsync(broker);
        await PublishAsync(sender);
        await consumer.TakeAsync();

        await TerminateAsync();
        var sent = await PublishAsync(sender);

        (await consumer.TakeAsync()).Message.Id.Should().Be(sent.Id);
    }

    [SkippableFact]
    public async Task Publish_TableLockedExclusively_SaysWhyAndGoesOnAfterwards()
    {
        var broker = NewBroker(schema.Url, TimeSpan.FromSeconds(1));
        await PublishAsync(broker);
        await using var holder = await schema.Source.OpenConnectionAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using (var command = holder.CreateCommand())
        {
            command.CommandText = $"lock table {schema.Name}.message in access exclusive mode";
            await command.ExecuteNonQueryAsync();
        }

        var publish = async () => await PublishAsync(broker);
        var error = (await publish.Should().ThrowAsync<PublishException>()).Which;
        await transaction.RollbackAsync();

        error.Message.Should().Contain("lock").And.EndWith("[CN1005]");
        await PublishAsync(broker);
    }

    [SkippableFact]
    public async Task Publish_OneOfManyAtOnceHasNoQueue_TheOthersAreTaken()
    {
        var broker = NewBroker(schema.Url);
        await PublishAsync(broker);
        await using var holder = await schema.Source.OpenConnectionAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using (var command = holder.CreateCommand())
        {
            command.CommandText = $"lock table {schema.Name}.message in access exclusive mode"; // whatever comes meanwhile is written together
            await command.ExecuteNonQueryAsync();
        }

        var sending = Enumerable.Range(0, 30).Select(_ => PublishAsync(broker)).ToList();
        var lost = broker.PublishAsync(TestMessages.New(), new Route("", $"nowhere-{_queue.Name}", null), CancellationToken.None).AsTask();
        var unfit = broker.PublishAsync(TestMessages.New(), new Route("", "no\0text", null), CancellationToken.None).AsTask();
        sending.AddRange(Enumerable.Range(0, 30).Select(_ => PublishAsync(broker)));
        await transaction.RollbackAsync();

        var missing = async () => await lost.Within();
        (await missing.Should().ThrowAsync<PublishException>()).WithMessage("*no queue is bound*");
        var refused = async () => await unfit.Within();
        await refused.Should().ThrowAsync<PublishException>("PostgreSQL knows no such text, and refuses the whole transaction");
        var sent = (await Task.WhenAll(sending).Within()).Select(message => message.Id);
        (await broker.PeekAsync(_queue.Name, 1000, CancellationToken.None)).Select(delivery => delivery.Message.Id).Should().Contain(sent).And.OnlyHaveUniqueItems();
    }

    [SkippableFact]
    public async Task Lease_OfAConsumerThatWasKilled_EndsAndAnotherGetsItsMessages()
    {
        var broker = NewBroker(schema.Url, lease: TimeSpan.FromSeconds(1));
        await broker.DeclareAsync(_queue, CancellationToken.None).Within();
        var sent = await PublishAsync(broker);
        await schema.ExecuteAsync($"with dead as (insert into {schema.Name}.consumer (node, alive_until) values ('killed', 0) returning id) update {schema.Name}.message set consumer = dead.id, deliveries = 1 from dead where queue = '{_queue.Name}'");

        var delivery = await (await ConsumeAsync(broker)).TakeAsync();

        (delivery.Message.Id, delivery.IsRedelivered).Should().Be((sent.Id, true));
    }

    private SqlBroker NewBroker(string url, TimeSpan? publishTimeout = null, TimeSpan? lease = null)
    {
        var broker = new SqlBroker(
            ConnectionString.ParseAll($"{url}&Application%20Name={_queue.Name}")[0],
            new SqlOptions { LeaseDuration = lease ?? TimeSpan.FromSeconds(20) },
            new TestServices(new BrokerSettings { PublishTimeout = publishTimeout ?? TimeSpan.FromSeconds(10) }));
        _owned.Add(broker);
        return broker;
    }

    private async Task<IBrokerConsumer> ConsumeAsync(SqlBroker broker) =>
        await broker.ConsumeAsync(new ConsumerSettings { Queues = [_queue], Prefetch = 10, NodeName = "celery@tests" }, CancellationToken.None).Within();

    private async Task<TaskMessage> PublishAsync(SqlBroker broker)
    {
        var message = TestMessages.New();
        await broker.PublishAsync(message, Route.To(_queue), CancellationToken.None);
        return message;
    }

    // Those of this test alone.
    private Task TerminateAsync() => schema.ExecuteAsync($"select pg_terminate_backend(pid) from pg_stat_activity where application_name = '{_queue.Name}'");
}
