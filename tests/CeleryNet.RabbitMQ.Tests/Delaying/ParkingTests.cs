using System.Diagnostics;
using System.Text;
using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Messages;
using RabbitMQ.Client;

namespace CeleryNet.RabbitMQ.Tests.Delaying;

public sealed class ParkingTests : IAsyncLifetime
{
    private readonly QueueDefinition _queue = new($"tests-{Guid.NewGuid():N}");

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => Environment.GetEnvironmentVariable("CELERYNET_TEST_RABBITMQ") is null ? Task.CompletedTask : RawServer.DeleteAsync([_queue.Name]);

    [SkippableFact]
    public async Task Park_Message_ComesBackUnchangedWhenItIsDue()
    {
        await using var broker = TestBrokers.Create();
        await using var consumer = await ConsumeAsync(broker);
        var sent = TestMessages.Full(withEmptyCollections: false);
        sent.Eta = DateTimeOffset.UtcNow.AddSeconds(3);
        sent.Expires = DateTimeOffset.UtcNow.AddHours(1);
        await broker.PublishAsync(sent, Route.To(_queue), CancellationToken.None).Within();
        var first = await consumer.NextAsync();

        var isParked = await ParkAsync(consumer, first, sent.Eta.Value);
        var again = await consumer.NextAsync();

        isParked.Should().BeTrue();
        (sent.Eta.Value - DateTimeOffset.UtcNow).Should().BeLessThan(TimeSpan.FromSeconds(1.1));
        again.IsRedelivered.Should().BeFalse("it was not started");
        again.Queue.Should().Be(_queue.Name);
        // RabbitMQ takes the property off when a message leaves a queue by its time to live; the header says when it expires, and the worker judges by that.
        again.Message.Should().BeEquivalentTo(first.Message, options => options.Excluding(message => message.Body).Excluding(message => message.Expiration));
        again.Message.Body.ToArray().Should().Equal(sent.Body.ToArray());
    }

    [SkippableFact]
    public async Task Park_AgainAndAgain_ComesBackEachTime()
    {
        await using var broker = TestBrokers.Create();
        await using var consumer = await ConsumeAsync(broker);
        var sent = TestMessages.New();
        await broker.PublishAsync(sent, Route.To(_queue), CancellationToken.None).Within();

        for (var i = 0; i < 3; i++)
        {
            var delivery = await consumer.NextAsync();
            delivery.Message.Id.Should().Be(sent.Id);
            delivery.Message.CustomHeaders.Should().BeNull();
            (await ParkAsync(consumer, delivery, DateTimeOffset.UtcNow.AddSeconds(3.5))).Should().BeTrue(); // through the same two levels
        }

        await consumer.TakeAsync();
    }

    [SkippableFact]
    public async Task Park_WorkerGone_AnotherGetsIt()
    {
        await using var broker = TestBrokers.Create();
        await using (var consumer = await ConsumeAsync(broker))
        {
            await broker.PublishAsync(TestMessages.New(), Route.To(_queue), CancellationToken.None).Within();
            (await ParkAsync(consumer, await consumer.NextAsync(), DateTimeOffset.UtcNow.AddSeconds(2))).Should().BeTrue();
        }

        await using var other = await ConsumeAsync(broker);

        (await other.TakeAsync()).IsRedelivered.Should().BeFalse();
    }

    [SkippableFact]
    public async Task Park_TwoThousandAtOnce_TakesSecondsAtMost()
    {
        const int Count = 2000;
        await using var broker = TestBrokers.Create();
        await using var consumer = await ConsumeAsync(broker, Count);
        await broker.PublishManyAsync([.. Enumerable.Range(0, Count).Select(_ => new OutgoingMessage(TestMessages.New(), Route.To(_queue)))], CancellationToken.None).Within(TimeSpan.FromSeconds(30));
        var all = await consumer.NextAsync(Count);
        var due = DateTimeOffset.UtcNow.AddSeconds(8);
        var started = Stopwatch.GetTimestamp();

        var parked = await Task.WhenAll(all.Select(delivery => ParkAsync(consumer, delivery, due)));

        var took = Stopwatch.GetElapsedTime(started);

        parked.Should().AllBeEquivalentTo(true);
        took.Should().BeLessThan(TimeSpan.FromSeconds(4));
        var again = await consumer.NextAsync(Count);
        again.Should().OnlyContain(delivery => !delivery.IsRedelivered);
        again.Select(delivery => delivery.Message.Id).Should().BeEquivalentTo(all.Select(delivery => delivery.Message.Id));
    }

    [SkippableFact]
    public async Task Park_ProtocolOneMessage_KeepsItsForm()
    {
        await using var broker = TestBrokers.Create();
        await using var server = await RawServer.ConnectAsync();
        await broker.DeclareAsync(_queue, CancellationToken.None).Within();
        var body = Encoding.UTF8.GetBytes("""{"task":"t.add","id":"1","args":[1,2],"kwargs":{}}""");
        await server.Channel.BasicPublishAsync("", _queue.Name, mandatory: true, new BasicProperties { ContentType = "application/json", ContentEncoding = "utf-8" }, body);
        await using (var consumer = await ConsumeAsync(broker))
        {
            var delivery = await consumer.NextAsync();
            CeleryNet.Serialization.TaskBody.Read(delivery.Message, new CeleryNet.Serialization.WireOptions()); // as a worker does; fills the headers
            (await ParkAsync(consumer, delivery, DateTimeOffset.UtcNow.AddSeconds(1.5))).Should().BeTrue();
        }

        BasicGetResult? back = null;
        await Eventually.IsTrueAsync(async () => (back = await server.Channel.BasicGetAsync(_queue.Name, autoAck: true)) is not null);

        back!.Body.ToArray().Should().Equal(body);
        back.BasicProperties.Headers!.Keys.Should().OnlyContain(name => name.StartsWith("x-"), "with a header 'task' its body would be read as protocol 2");
        back.BasicProperties.IsCorrelationIdPresent().Should().BeFalse();
    }

    [SkippableFact]
    public async Task Park_DelayedDeliveryOffOrDueNow_IsLeftToTheCaller()
    {
        await using var broker = TestBrokers.Create();
        await using var without = TestBrokers.Create(configure: options => options.DelayedDelivery = false);
        await broker.PublishManyAsync([.. Enumerable.Range(0, 2).Select(_ => new OutgoingMessage(TestMessages.New(), Route.To(_queue)))], CancellationToken.None).Within();
        await using var consumer = await ConsumeAsync(broker, 1);
        await using var other = await ConsumeAsync(without, 1);

        (await ParkAsync(consumer, await consumer.NextAsync(), DateTimeOffset.UtcNow.AddSeconds(0.9))).Should().BeFalse();
        (await ParkAsync(other, await other.NextAsync(), DateTimeOffset.UtcNow.AddHours(1))).Should().BeFalse();

        await consumer.DisposeAsync();
        await other.DisposeAsync();
        (await broker.CountAsync(_queue.Name, CancellationToken.None).Within()).Should().Be(2, "both were still theirs");
    }

    [SkippableFact]
    public async Task Park_DeliveryOfALostConnection_IsNotSentAnew()
    {
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        await using var sender = TestBrokers.Create();
        await using var broker = TestBrokers.Create(url);
        await using var consumer = await ConsumeAsync(broker);
        await sender.PublishAsync(TestMessages.New(), Route.To(_queue), CancellationToken.None).Within();
        var lost = await consumer.NextAsync();
        proxy.Cut();
        var again = await consumer.NextAsync();

        (await ParkAsync(consumer, lost, DateTimeOffset.UtcNow.AddSeconds(2))).Should().BeFalse();

        again.IsRedelivered.Should().BeTrue();
    }

    [SkippableFact]
    public async Task Park_PublisherCannotReachTheBroker_IsLeftToTheCallerAndToldOnce()
    {
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        var log = new CollectedLog();
        await using var sender = TestBrokers.Create();
        await using var broker = TestBrokers.Create(url, publishTimeout: TimeSpan.FromSeconds(1), loggers: log);
        await using var consumer = await ConsumeAsync(broker);
        await sender.PublishManyAsync([.. Enumerable.Range(0, 5).Select(_ => new OutgoingMessage(TestMessages.New(), Route.To(_queue)))], CancellationToken.None).Within();
        var deliveries = await consumer.NextAsync(5);
        proxy.Set(TcpProxyMode.Pause); // the publisher has not connected yet

        var parked = await Task.WhenAll(deliveries.Select(delivery => ParkAsync(consumer, delivery, DateTimeOffset.UtcNow.AddHours(1))));

        parked.Should().AllBeEquivalentTo(false);
        log.Lines.Count(line => line.StartsWith("Warning 3019")).Should().Be(1);
        proxy.Set(TcpProxyMode.Pass);
    }

    private static Task<bool> ParkAsync(IBrokerConsumer consumer, Delivery delivery, DateTimeOffset due) =>
        ((IParkingConsumer)consumer).ParkAsync(delivery, due, CancellationToken.None).Within();

    private async Task<IBrokerConsumer> ConsumeAsync(RabbitMQBroker broker, int prefetch = 10) =>
        await broker.ConsumeAsync(new ConsumerSettings { Queues = [_queue], Prefetch = prefetch, NodeName = "celery@tests" }, CancellationToken.None).Within();
}
