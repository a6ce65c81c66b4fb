using System.Diagnostics;
using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Messages;

namespace CeleryNet.RabbitMQ.Tests.Delaying;

public sealed class DelayedDeliveryTests : IAsyncLifetime
{
    private readonly string _name = $"tests-{Guid.NewGuid():N}";
    private readonly List<string> _queues = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _queues.Count == 0 ? Task.CompletedTask : RawServer.DeleteAsync(_queues);

    [SkippableFact]
    public async Task Publish_DueLater_WaitsInTheBrokerAndComesInTime()
    {
        await using var broker = Create();
        var queue = NewQueue();
        var message = DueIn(3);
        message.CustomHeaders = new Dictionary<string, object?> { ["own"] = "kept" };

        await broker.PublishAsync(message, Route.To(queue), CancellationToken.None).Within();
        var atOnce = await broker.CountAsync(queue.Name, CancellationToken.None).Within();
        await using var consumer = await ConsumeAsync(broker, queue);
        var delivery = await consumer.TakeAsync();
        var early = message.Eta!.Value - DateTimeOffset.UtcNow;

        atOnce.Should().Be(0);
        early.Should().BeLessThan(TimeSpan.FromSeconds(1.1), "whole seconds are rounded down").And.BeGreaterThan(TimeSpan.FromSeconds(-2));
        delivery.Message.Id.Should().Be(message.Id);
        delivery.Message.Eta.Should().BeCloseTo(message.Eta!.Value, TimeSpan.FromMicroseconds(1));
        delivery.Message.CustomHeaders.Should().BeEquivalentTo(message.CustomHeaders, "what the broker noted on its way is none of the message");
        delivery.Should().BeEquivalentTo(new { Queue = queue.Name, Exchange = "", RoutingKey = queue.Name, IsRedelivered = false });
    }

    [SkippableFact]
    public async Task Publish_DueBeforeTheThreshold_GoesToItsQueueAtOnce()
    {
        await using var broker = TestBrokers.Create();
        var queue = NewQueue();

        await broker.PublishAsync(DueIn(29), Route.To(queue), CancellationToken.None).Within();
        await broker.PublishAsync(DueIn(60), Route.To(queue), CancellationToken.None).Within();

        (await broker.CountAsync(queue.Name, CancellationToken.None).Within()).Should().Be(1);
    }

    [SkippableFact]
    public async Task Publish_DelayedDeliveryOff_GoesToItsQueueAtOnce()
    {
        await using var broker = TestBrokers.Create(configure: options => options.DelayedDelivery = false);
        var queue = NewQueue();

        await broker.PublishAsync(DueIn(60), Route.To(queue), CancellationToken.None).Within();

        (await broker.CountAsync(queue.Name, CancellationToken.None).Within()).Should().Be(1);
    }

    [SkippableFact]
    public async Task Publish_ToAnExchangeOfTheCallersOwn_GoesThereAtOnce()
    {
        await using var broker = Create();
        var queue = NewQueue();
        await broker.DeclareAsync(queue, CancellationToken.None).Within();

        await broker.PublishAsync(DueIn(60), new Route(queue.Exchange, queue.RoutingKey, null), CancellationToken.None).Within();

        (await broker.CountAsync(queue.Name, CancellationToken.None).Within()).Should().Be(1);
    }

    [SkippableFact]
    public async Task PublishMany_SomeDueLater_EachComesAtItsTime()
    {
        await using var broker = Create();
        var queue = NewQueue();
        var now = TestMessages.New();
        var later = DueIn(2);

        await broker.PublishManyAsync([new(later, Route.To(queue)), new(now, Route.To(queue))], CancellationToken.None).Within();
        await using var consumer = await ConsumeAsync(broker, queue);

        (await consumer.TakeAsync()).Message.Id.Should().Be(now.Id);
        (await consumer.TakeAsync()).Message.Id.Should().Be(later.Id);
    }

    [SkippableFact]
    public async Task Publish_QueueWhoseNameEndsLikeAnothers_ReachesItAlone()
    {
        await using var broker = Create();
        var plain = NewQueue();
        var dotted = NewQueue($"a.{plain.Name}");
        await using var consumer = await ConsumeAsync(broker, plain, dotted);

        var first = DueIn(1.5);
        var marker = DueIn(3.5);
        await broker.PublishAsync(first, Route.To(dotted), CancellationToken.None).Within();
        await broker.PublishAsync(marker, Route.To(plain), CancellationToken.None).Within();

        (await consumer.NextAsync(2)).Select(delivery => (delivery.Message.Id, delivery.Queue)).Should().Equal((first.Id, dotted.Name), (marker.Id, plain.Name));
    }

    [SkippableTheory]
    [InlineData("topic")]
    [InlineData("fanout")]
    public async Task Publish_ExchangeWithSeveralQueues_EachGetsItsCopyWhenItIsDue(string type)
    {
        await using var broker = Create();
        var first = NewQueue($"{_name}-1") with { Exchange = _name, ExchangeType = type, RoutingKey = $"{_name}.key" };
        var second = NewQueue($"{_name}-2") with { Exchange = _name, ExchangeType = type, RoutingKey = $"{_name}.key" };
        _queues.Add(_name); // its exchange
        await using var consumer = await ConsumeAsync(broker, first, second);
        var message = DueIn(2);
        var marker = DueIn(2);

        await broker.PublishAsync(message, Route.To(first), CancellationToken.None).Within(); // binds the first
        await broker.PublishAsync(marker, Route.To(second), CancellationToken.None).Within();
        var copies = await consumer.NextAsync(4);

        copies.Select(delivery => (delivery.Message.Id, delivery.Queue)).Should().BeEquivalentTo(
            [(message.Id, first.Name), (message.Id, second.Name), (marker.Id, first.Name), (marker.Id, second.Name)]);
    }

    [SkippableFact]
    public async Task Publish_QueueDeletedMeanwhile_ComesToTheOneTheConsumerDeclaresAgain()
    {
        await using var broker = Create();
        var queue = NewQueue();
        await using var consumer = await ConsumeAsync(broker, queue);
        var message = DueIn(4);
        await broker.PublishAsync(message, Route.To(queue), CancellationToken.None).Within();

        await using (var server = await RawServer.ConnectAsync()) await server.Channel.QueueDeleteAsync(queue.Name, ifUnused: false, ifEmpty: false);

        (await consumer.TakeAsync()).Message.Id.Should().Be(message.Id);
    }

    [SkippableFact]
    public async Task Publish_ManyToAQueueThatIsDeleted_DoNotHoldUpOthers()
    {
        const int Count = 100; // a quorum queue hands over 32 at a time
        await using var broker = Create();
        var gone = NewQueue();
        var alive = NewQueue();
        await broker.PublishManyAsync([.. Enumerable.Range(0, Count).Select(_ => new OutgoingMessage(DueIn(2.5), Route.To(gone)))], CancellationToken.None).Within();
        await using (var server = await RawServer.ConnectAsync()) await server.Channel.QueueDeleteAsync(gone.Name, ifUnused: false, ifEmpty: false);
        var message = DueIn(5);

        await broker.PublishAsync(message, Route.To(alive), CancellationToken.None).Within();
        await using var consumer = await ConsumeAsync(broker, alive);

        (await consumer.TakeAsync()).Message.Id.Should().Be(message.Id);
    }

    [SkippableFact]
    public async Task Publish_ServerHasAnotherQueueType_NamesTheOptionAndOthersGoOn()
    {
        await using (var usual = Create()) await usual.PublishAsync(DueIn(2), Route.To(NewQueue()), CancellationToken.None).Within();
        await using var broker = Create(options => options.DelayedDeliveryQueueType = "classic");
        var queue = NewQueue();

        var delayed = async () => await broker.PublishAsync(DueIn(60), Route.To(queue), CancellationToken.None).Within();

        (await delayed.Should().ThrowAsync<TaskQueueConfigurationException>()).Which.Message
            .Should().Contain("RabbitMQ.DelayedDeliveryQueueType").And.Contain("'classic'").And.Contain("celery_delayed_").And.EndWith("[CN3002]");
        await broker.PublishAsync(TestMessages.New(), Route.To(queue), CancellationToken.None).Within();
        await using var consumer = await ConsumeAsync(broker, queue);
        await consumer.TakeAsync();
    }

    [SkippableFact]
    public async Task Publish_ConnectionCutMeanwhile_IsTakenOnce()
    {
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        await using var broker = Create(url: url);
        var queue = NewQueue();
        await broker.PublishAsync(TestMessages.New(), Route.To(queue), CancellationToken.None).Within();
        proxy.Set(TcpProxyMode.Blackhole);

        var publishing = broker.PublishAsync(DueIn(2), Route.To(queue), CancellationToken.None).AsTask(); // is being set up
        await Eventually.IsTrueAsync(() => proxy.Swallowed > 0);
        proxy.Set(TcpProxyMode.Pass);
        await publishing.Within();
        await using var consumer = await ConsumeAsync(broker, queue);

        await consumer.NextAsync(2);
    }

    [SkippableFact]
    public async Task Publish_ThousandDueLater_TakesSecondsAtMost()
    {
        const int Count = 1000;
        await using var broker = Create();
        var queue = NewQueue();
        await broker.PublishAsync(DueIn(2), Route.To(queue), CancellationToken.None).Within(); // sets it up
        var started = Stopwatch.GetTimestamp();

        await broker.PublishManyAsync([.. Enumerable.Range(0, Count).Select(_ => new OutgoingMessage(DueIn(6), Route.To(queue)))], CancellationToken.None).Within();
        var sent = Stopwatch.GetElapsedTime(started);
        await using var consumer = await ConsumeAsync(broker, queue);
        var latest = TimeSpan.MinValue;
        await consumer.TakeAsync();
        for (var i = 0; i < Count; i++)
        {
            var delivery = await consumer.TakeAsync();
            var late = DateTimeOffset.UtcNow - delivery.Message.Eta!.Value;
            if (late > latest) latest = late;
        }

        sent.Should().BeLessThan(TimeSpan.FromSeconds(5));
        latest.Should().BeLessThan(TimeSpan.FromSeconds(5));
    }

    private static RabbitMQBroker Create(Action<RabbitMQOptions>? configure = null, string? url = null) => TestBrokers.Create(url, options =>
    {
        options.DelayedDeliveryThreshold = TimeSpan.FromSeconds(1);
        configure?.Invoke(options);
    });

    private static TaskMessage DueIn(double seconds)
    {
        var message = TestMessages.New();
        message.Eta = DateTimeOffset.UtcNow.AddSeconds(seconds);
        return message;
    }

    private static async Task<IBrokerConsumer> ConsumeAsync(RabbitMQBroker broker, params QueueDefinition[] queues) =>
        await broker.ConsumeAsync(new ConsumerSettings { Queues = queues, Prefetch = 100, NodeName = "celery@tests" }, CancellationToken.None).Within();

    private QueueDefinition NewQueue(string? name = null)
    {
        _queues.Add(name ??= $"{_name}-{_queues.Count}");
        return new QueueDefinition(name);
    }
}
