using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Messages;
using CeleryNet.Results;

namespace CeleryNet.Redis.Tests;

/// <summary>A result and the message that follows it in one step.</summary>
public sealed class RedisRelayTests : RedisTestBase
{
    private readonly RedisResultBackend _results;

    public RedisRelayTests() => _results = Own(NewResults(TestServers.Redis));

    [SkippableFact]
    public async Task Relay_NothingElseToDo_StoresTheResultAndDeliversTheMessageAsTaken()
    {
        var broker = NewBroker();
        var first = await PublishAsync(broker);
        await using var consumer = await ConsumeAsync(broker);
        var held = await consumer.NextAsync();

        var next = TestMessages.New();
        (await RelayAsync(consumer, first.Id!, next, ended: held)).Should().BeTrue();

        var delivery = await consumer.NextAsync();
        delivery.Message.Id.Should().Be(next.Id);
        delivery.Message.Body.ToArray().Should().Equal(next.Body.ToArray());
        delivery.IsRedelivered.Should().BeFalse();
        consumer.IsCurrent(delivery).Should().BeTrue();
        (await _results.GetAsync(first.Id!, CancellationToken.None))!.State.Should().Be(TaskStates.Success);
        (await Redis.UnackedAsync(next.Id!)).Should().ContainSingle("it is lost no more than one that came through the queue");
        (await Redis.UnackedAsync("")).Should().ContainSingle("the one before was acknowledged with it");
        await consumer.SettleAsync(held, Settlement.Requeue, CancellationToken.None); // settled already: does nothing
        await consumer.SettleAsync(delivery, Settlement.Acknowledge, CancellationToken.None);
        await Eventually.IsTrueAsync(async () => (await Redis.UnackedAsync("")).Count == 0);
        (await Redis.ListAsync("work")).Should().BeEmpty();
    }

    [SkippableFact]
    public async Task Relay_OtherMessageHeld_GoesToTheQueue()
    {
        var broker = NewBroker();
        await PublishAsync(broker);
        await PublishAsync(broker);
        await using var consumer = await ConsumeAsync(broker, prefetch: 2);
        await consumer.NextAsync(2);

        var next = TestMessages.New();
        (await RelayAsync(consumer, "first", next)).Should().BeTrue();

        (await Redis.ListAsync("work")).Should().ContainSingle().Which.Should().Contain(next.Id);
        (await Redis.UnackedAsync(next.Id!)).Should().BeEmpty();
    }

    [SkippableFact]
    public async Task Relay_OtherMessagesInTheQueue_GoesBehindThem()
    {
        var broker = NewBroker();
        await PublishAsync(broker);
        await using var consumer = await ConsumeAsync(broker, prefetch: 1);
        await consumer.NextAsync();
        var waiting = await PublishAsync(broker, priority: 3);

        var next = TestMessages.New();
        (await RelayAsync(consumer, "first", next)).Should().BeTrue();

        (await Redis.ListAsync("work")).Should().ContainSingle().Which.Should().Contain(next.Id);
        (await Redis.UnackedAsync(waiting.Id!)).Should().BeEmpty();
    }

    [SkippableFact]
    public async Task Relay_ConsumerStopped_GoesToTheQueue()
    {
        var broker = NewBroker();
        await PublishAsync(broker);
        await using var consumer = await ConsumeAsync(broker);
        await consumer.NextAsync();
        await consumer.StopAsync(CancellationToken.None).AsTask().Within();

        var next = TestMessages.New();
        (await RelayAsync(consumer, "first", next)).Should().BeTrue();

        (await Redis.ListAsync("work")).Should().ContainSingle().Which.Should().Contain(next.Id);
    }

    [SkippableFact]
    public async Task Relay_LeaseEndedAtTheServer_GoesToTheQueue()
    {
        var broker = NewBroker();
        await PublishAsync(broker);
        await using var consumer = await ConsumeAsync(broker);
        await consumer.NextAsync();
        await consumer.StopAsync(CancellationToken.None).AsTask().Within();
        await Redis.Database.KeyDeleteAsync(Prefix + "celerynet:holders");

        var next = TestMessages.New();
        (await RelayAsync(consumer, "first", next)).Should().BeTrue();

        (await Redis.ListAsync("work")).Should().ContainSingle().Which.Should().Contain(next.Id);
    }

    [SkippableFact]
    public async Task Relay_MemoryIsFull_DoesNothingAndSaysSo()
    {
        await using var server = await RedisServer.StartAsync();
        await using var results = NewResults(server.Url);
        await using var redis = await TestRedis.ConnectAsync(server.Url, Prefix);
        var broker = NewBroker(url: server.Url);
        await PublishAsync(broker);
        await using var consumer = await ConsumeAsync(broker);
        await consumer.NextAsync();
        await redis.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");

        var relayed = await RelayAsync(consumer, "first", TestMessages.New(), results);

        relayed.Should().BeFalse();
        (await results.GetAsync("first", CancellationToken.None)).Should().BeNull();
        (await redis.ListAsync("work")).Should().BeEmpty();
        (await redis.UnackedAsync("")).Should().ContainSingle();
        await redis.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
        (await RelayAsync(consumer, "first", TestMessages.New(), results)).Should().BeTrue();
        await consumer.NextAsync();
        await consumer.DisposeAsync();
    }

    // What was taken is found, and whoever was told false sends it a second time: twice, never not at all.
    [SkippableFact]
    public async Task Relay_AnswerIsLost_TheTakenMessageIsDelivered()
    {
        var server = new Uri(TestServers.Redis);
        await using var proxy = TcpProxy.Start(server.Host, server.Port);
        var url = new UriBuilder(server) { Host = "127.0.0.1", Port = proxy.Port }.Uri.ToString();
        await using var results = NewResults(url);
        var broker = NewBroker(options => options.CommandTimeout = TimeSpan.FromSeconds(1), url: url);
        await PublishAsync(broker);
        await using var consumer = await ConsumeAsync(broker);
        await consumer.NextAsync();
        var next = TestMessages.New();
        proxy.Set(TcpProxyMode.BlackholeToClient);

        var relayed = await RelayAsync(consumer, "first", next, results);
        proxy.Set(TcpProxyMode.Pass);

        relayed.Should().BeFalse();
        (await consumer.NextAsync()).Message.Id.Should().Be(next.Id);
        await consumer.DisposeAsync();
    }

    [SkippableFact]
    public async Task CanRelay_OtherDatabaseOrOtherStore_IsFalse()
    {
        await using var consumer = await ConsumeAsync(NewBroker());
        await using var other = NewResults(new UriBuilder(TestServers.Redis) { Path = "/7" }.Uri.ToString());
        await using var several = new RedisResultBackend([.. ConnectionString.ParseAll(TestServers.Redis), .. ConnectionString.ParseAll(TestServers.Redis)]);

        var relay = (IResultRelay)consumer;

        relay.CanRelay(_results).Should().BeTrue();
        relay.CanRelay(other).Should().BeFalse();
        relay.CanRelay(several).Should().BeFalse("which of its servers is in use may change");
        relay.CanRelay(new DisabledResultBackend()).Should().BeFalse();
    }

    private RedisResultBackend NewResults(string url) => new(ConnectionString.ParseAll(url), new RedisOptions { KeyPrefix = Prefix });

    private async Task<bool> RelayAsync(IBrokerConsumer consumer, string taskId, TaskMessage next, RedisResultBackend? results = null, Delivery? ended = null)
    {
        var result = new TaskResult { TaskId = taskId, State = TaskStates.Success, Value = "1"u8.ToArray() };
        return await ((IResultRelay)consumer).TryRelayAsync(ended, results ?? _results, result, new OutgoingMessage(next, Route.To(Queue)), CancellationToken.None).AsTask().Within();
    }
}
