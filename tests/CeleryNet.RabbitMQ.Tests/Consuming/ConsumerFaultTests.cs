using System.Collections.Concurrent;
using System.Diagnostics;
using CeleryNet.Brokers;
using CeleryNet.Contracts;
using RabbitMQ.Client;

namespace CeleryNet.RabbitMQ.Tests.Consuming;

public sealed class ConsumerFaultTests : IAsyncLifetime
{
    private readonly QueueDefinition _queue = new($"tests-{Guid.NewGuid():N}");

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => Environment.GetEnvironmentVariable("CELERYNET_TEST_RABBITMQ") is null ? Task.CompletedTask : RawServer.DeleteAsync([_queue.Name]);

    [SkippableFact]
    public async Task Settle_AfterTheConnectionWasCut_IsDroppedAndTheMessageComesAgain()
    {
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        await using var broker = TestBrokers.Create(url);
        await using var consumer = await ConsumeAsync(broker, 10);
        await broker.PublishAsync(TestMessages.New(), Route.To(_queue), CancellationToken.None).Within();
        var first = await consumer.NextAsync();

        proxy.Cut();
        var again = await consumer.NextAsync();
        var wasCurrent = consumer.IsCurrent(first);
        await consumer.SettleAsync(first, Settlement.Acknowledge, CancellationToken.None).Within();
        await consumer.SettleAsync(again, Settlement.Acknowledge, CancellationToken.None).Within();

        wasCurrent.Should().BeFalse();
        again.Message.Id.Should().Be(first.Message.Id);
        again.IsRedelivered.Should().BeTrue();
        again.Generation.Should().BeGreaterThan(first.Generation);
        consumer.IsCurrent(again).Should().BeTrue("the stale settlement must not close the new channel");
        consumer.Status.StaleSettlements.Should().Be(1);
    }

    [SkippableFact]
    public async Task Consume_AfterTheConnectionWasCut_DoesNotComeBackAtOnce()
    {
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        await using var broker = TestBrokers.Create(url);
        await using var consumer = await ConsumeAsync(broker, 10);
        await Task.Delay(TimeSpan.FromSeconds(1)); // a session that ends sooner is no good, which is another pause

        var cut = Stopwatch.GetTimestamp();
        proxy.Cut();
        await Eventually.IsTrueAsync(() => consumer.Status is { Generation: 2, IsConnected: true });

        Stopwatch.GetElapsedTime(cut).Should().BeGreaterThan(TimeSpan.FromSeconds(0.2), "all workers of a broker lose it together, and the first step of their waits is at least 0.25 s");
    }

    [SkippableFact]
    public async Task Consume_UnderLoadWithTheListenerAway_LosesNothingAndResumesWithinFiveSeconds()
    {
        const int Count = 600;
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        await using var broker = TestBrokers.Create(url, publishTimeout: TimeSpan.FromSeconds(30));
        await using var consumer = await ConsumeAsync(broker, 50);
        var done = new ConcurrentDictionary<string, int>();
        var arrived = new ConcurrentQueue<long>();
        var working = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => WorkAsync(consumer, done, arrived)));

        var sent = new ConcurrentBag<string>();
        var publishing = Parallel.ForEachAsync(Enumerable.Range(0, Count), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, token) =>
        {
            var message = TestMessages.New();
            await broker.PublishAsync(message, Route.To(_queue), token);
            sent.Add(message.Id!);
        });
        await Eventually.IsTrueAsync(() => done.Count > 50);
        proxy.Set(TcpProxyMode.Refuse);
        await Eventually.IsTrueAsync(() => !consumer.Status.IsConnected);
        await Task.Delay(TimeSpan.FromSeconds(1)); // the length of the outage
        var back = Stopwatch.GetTimestamp();
        proxy.Set(TcpProxyMode.Pass);
        await publishing.Within(TimeSpan.FromSeconds(40));
        await Eventually.IsTrueAsync(() => sent.All(done.ContainsKey), TimeSpan.FromSeconds(20));

        arrived.First(at => at > back).Should().BeLessThan(back + (5 * Stopwatch.Frequency));
        done.Values.Sum().Should().BeLessThanOrEqualTo(Count + 50 + 8, "only what was held, and what was sent once more, may run twice");
        await consumer.StopAsync(CancellationToken.None).Within();
        await working.Within();
    }

    [SkippableFact]
    public async Task Consume_AfterReconnect_WhatTheFirstQueueDeliversIsCurrentBeforeTheOthersAreConsumed()
    {
        const int Count = 8;
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        await using var broker = TestBrokers.Create(url);
        var others = Enumerable.Range(0, 20).Select(i => new QueueDefinition($"{_queue.Name}-{i}")).ToList();
        try
        {
            var settings = new ConsumerSettings { Queues = [_queue, .. others], Prefetch = 50, NodeName = "celery@tests" };
            await using var consumer = await broker.ConsumeAsync(settings, CancellationToken.None).Within();
            await using var server = TestBrokers.Create();
            await server.PublishManyAsync([.. Enumerable.Range(0, Count).Select(_ => new OutgoingMessage(TestMessages.New(), Route.To(_queue)))], CancellationToken.None).Within();
            for (var i = 0; i < Count; i++) await consumer.NextAsync();

            proxy.Cut();
            var areCurrent = new List<bool>();
            for (var i = 0; i < Count; i++)
            {
                var again = await consumer.NextAsync();
                areCurrent.Add(consumer.IsCurrent(again));
                await consumer.SettleAsync(again, Settlement.Acknowledge, CancellationToken.None).Within();
            }

            areCurrent.Should().AllBeEquivalentTo(true, "a worker does not start what is not current, and nobody would ever settle it");
            consumer.Status.StaleSettlements.Should().Be(0);
        }
        finally
        {
            await RawServer.DeleteAsync([.. others.Select(queue => queue.Name)]);
        }
    }

    [SkippableFact]
    public async Task Consume_BrokerClosesTheConnection_ComesBack()
    {
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        await using var broker = TestBrokers.Create(url);
        await using var consumer = await ConsumeAsync(broker, 10);
        proxy.Set(TcpProxyMode.Reset);
        await Eventually.IsTrueAsync(() => !consumer.Status.IsConnected);
        proxy.Set(TcpProxyMode.Pass);

        await using var other = TestBrokers.Create();
        await other.PublishAsync(TestMessages.New(), Route.To(_queue), CancellationToken.None).Within();
        await consumer.TakeAsync();

        await Eventually.IsTrueAsync(() => consumer.Status.IsConnected); // the first delivery may overtake the answer to the subscription
        consumer.Status.Generation.Should().BeGreaterThan(1);
    }

    [SkippableFact]
    public async Task Consume_QueueDeleted_IsDeclaredAgainWithinTwoSeconds()
    {
        await using var broker = TestBrokers.Create();
        await using var consumer = await ConsumeAsync(broker, 10);
        await using var server = await RawServer.ConnectAsync();

        var deleted = Stopwatch.GetTimestamp();
        await server.Channel.QueueDeleteAsync(_queue.Name);
        await Eventually.IsTrueAsync(async () => await ConsumersAsync() == 1, TimeSpan.FromSeconds(2));
        var took = Stopwatch.GetElapsedTime(deleted);
        await broker.PublishAsync(TestMessages.New(), Route.To(_queue), CancellationToken.None).Within();
        await consumer.TakeAsync();

        took.Should().BeLessThan(TimeSpan.FromSeconds(2));
        consumer.Status.Generation.Should().Be(1, "the other queues of the consumer shall not notice");
    }

    [SkippableFact]
    public async Task Consume_PeerDeadBehindAnOpenSocket_IsFoundByTheLivenessCheck()
    {
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        await using var broker = TestBrokers.Create(url, options => options.LivenessInterval = TimeSpan.FromSeconds(1));
        await using var consumer = await ConsumeAsync(broker, 10);

        proxy.Set(TcpProxyMode.Blackhole);
        await Eventually.IsTrueAsync(() => !consumer.Status.IsConnected, TimeSpan.FromSeconds(8)); // interval and one unanswered question
        proxy.Set(TcpProxyMode.Pass);
        await Eventually.IsTrueAsync(() => consumer.Status.IsConnected, TimeSpan.FromSeconds(9));

        consumer.Status.Generation.Should().BeGreaterThan(1);
    }

    [SkippableFact]
    public async Task Consume_PeerDeadBehindAnOpenSocket_IsFoundByTheHeartbeat()
    {
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        var log = new CollectedLog();
        await using var broker = TestBrokers.Create(url, options => (options.HeartbeatInterval, options.LivenessInterval) = (TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(5)), loggers: log);
        await using var consumer = await ConsumeAsync(broker, 10);

        proxy.Set(TcpProxyMode.Blackhole);
        var dead = Stopwatch.GetTimestamp();
        await Eventually.IsTrueAsync(() => !consumer.Status.IsConnected);
        var found = Stopwatch.GetElapsedTime(dead);
        proxy.Set(TcpProxyMode.Pass);
        await Eventually.IsTrueAsync(() => consumer.Status.IsConnected);

        found.Should().BeLessThan(TimeSpan.FromSeconds(5), "two intervals, here 4 s and by default 20 s; the rest is for a busy machine");
        log.Lines.Should().ContainSingle(line => line.StartsWith("Warning 3011")).Which.Should().Contain("no heartbeat arrived for 3.5 s");
    }

    [SkippableFact]
    public async Task Dispose_PeerDeadBehindAnOpenSocket_DoesNotHang()
    {
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        var broker = TestBrokers.Create(url);
        var consumer = await ConsumeAsync(broker, 10);
        await broker.PublishAsync(TestMessages.New(), Route.To(_queue), CancellationToken.None).Within();
        await consumer.NextAsync();
        proxy.Set(TcpProxyMode.Blackhole);

        await consumer.DisposeAsync().AsTask().Within(TimeSpan.FromSeconds(9));
        await broker.DisposeAsync().AsTask().Within(TimeSpan.FromSeconds(9));

        consumer.Deliveries.Completion.IsCompleted.Should().BeTrue();
    }

    [SkippableFact]
    public async Task Consume_NobodyThere_IsAnErrorAfterTheFirstAttempts()
    {
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        proxy.Set(TcpProxyMode.Refuse);
        await using var broker = TestBrokers.Create(url);

        var consume = async () => await ConsumeAsync(broker, 1).Within();

        (await consume.Should().ThrowAsync<BrokerUnavailableException>()).Which.Message.Should().Contain($"{proxy.Port}").And.EndWith("[CN3001]");
    }

    [SkippableFact]
    public async Task Consume_SecondUrlWorks_IsUsed()
    {
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        proxy.Set(TcpProxyMode.Refuse);
        await using var broker = TestBrokers.Create($"{url};{TestServers.RabbitMQ}");
        await using var consumer = await ConsumeAsync(broker, 1);

        await broker.PublishAsync(TestMessages.New(), Route.To(_queue), CancellationToken.None).Within();

        (await consumer.TakeAsync()).Queue.Should().Be(_queue.Name);
    }

    [SkippableFact]
    public async Task Deliver_BodyOverTheLimit_IsAProblemOfThatMessageAlone()
    {
        await using var broker = TestBrokers.Create();
        await using var consumer = await ConsumeAsync(broker, 10);

        await broker.PublishAsync(TestMessages.New(body: new byte[17 * 1024 * 1024]), Route.To(_queue), CancellationToken.None).Within();
        await broker.PublishAsync(TestMessages.New(), Route.To(_queue), CancellationToken.None).Within();
        var large = await consumer.NextAsync();
        var next = await consumer.TakeAsync();
        await consumer.SettleAsync(large, Settlement.Reject, CancellationToken.None).Within();

        large.Message.Problem.Should().Contain("MaxBodyBytes");
        next.Message.Problem.Should().BeNull();
    }

    private async Task<uint> ConsumersAsync()
    {
        try
        {
            await using var server = await RawServer.ConnectAsync();
            return await server.Channel.ConsumerCountAsync(_queue.Name);
        }
        catch (global::RabbitMQ.Client.Exceptions.OperationInterruptedException)
        {
            return 0; // not declared again yet
        }
    }

    private static async Task WorkAsync(IBrokerConsumer consumer, ConcurrentDictionary<string, int> done, ConcurrentQueue<long> arrived)
    {
        await foreach (var delivery in consumer.Deliveries.ReadAllAsync())
        {
            if (!consumer.IsCurrent(delivery)) continue;
            arrived.Enqueue(Stopwatch.GetTimestamp());
            done.AddOrUpdate(delivery.Message.Id!, 1, (_, runs) => runs + 1);
            await Task.Delay(2); // the work
            await consumer.SettleAsync(delivery, Settlement.Acknowledge, CancellationToken.None);
        }
    }

    private async Task<IBrokerConsumer> ConsumeAsync(RabbitMQBroker broker, int prefetch) =>
        await broker.ConsumeAsync(new ConsumerSettings { Queues = [_queue], Prefetch = prefetch, NodeName = "celery@tests" }, CancellationToken.None);
}
