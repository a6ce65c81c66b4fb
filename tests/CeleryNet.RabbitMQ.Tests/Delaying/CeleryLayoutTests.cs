using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.RabbitMQ.Tests.Delaying;

/// <summary>Delayed delivery beside peers that lay it out and use it as kombu 5.5 does; the Python here is older and is told each step.</summary>
public sealed class CeleryLayoutTests : IAsyncLifetime
{
    private readonly string _name = $"tests-{Guid.NewGuid():N}";

    private static readonly string Layout =
        """
        import amqp, time
        from kombu import Connection

        def topic(channel, name):
            channel.exchange_declare(name, 'topic', durable=True, auto_delete=False)

        def layout(channel):
            topic(channel, 'celery_delayed_delivery')
            for n in range(27, -1, -1):
                topic(channel, 'celery_delayed_%d' % n)
            for n in range(27, -1, -1):
                after = 'celery_delayed_%d' % (n - 1) if n else 'celery_delayed_delivery'
                channel.queue_declare('celery_delayed_%d' % n, durable=True, auto_delete=False, arguments={
                    'x-queue-type': 'quorum', 'x-dead-letter-strategy': 'at-least-once', 'x-overflow': 'reject-publish',
                    'x-message-ttl': pow(2, n) * 1000, 'x-dead-letter-exchange': after})
                channel.queue_bind('celery_delayed_%d' % n, 'celery_delayed_%d' % n, '*.' * (27 - n) + '1.#')
                channel.exchange_bind(after, 'celery_delayed_%d' % n, '*.' * (27 - n) + '0.#')

        def key(seconds, routing_key):
            return '.'.join(format(seconds, '028b')) + '.' + routing_key

        """;

    private QueueDefinition Queue => new QueueDefinition(_name) { ExchangeType = "topic" }.AsQuorum();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => Environment.GetEnvironmentVariable("CELERYNET_TEST_RABBITMQ") is null ? Task.CompletedTask : RawServer.DeleteAsync([_name]);

    [SkippableFact]
    public async Task Declare_PythonsLayoutBesideOurs_NeitherIsRefused()
    {
        await using var server = await OwnServer.StartAsync();
        var connect = $"c = Connection({Python.Text(server.Url)}).default_channel";
        await using var broker = TestBrokers.Create(server.Url);
        var message = TestMessages.New();
        message.Eta = DateTimeOffset.UtcNow.AddHours(1);

        await Python.RunAsync(Layout, connect, "layout(c)");
        await broker.PublishAsync(message, Route.To(Queue), CancellationToken.None).Within(TimeSpan.FromSeconds(30)); // finds it there
        await using var other = TestBrokers.Create(server.Url);
        var again = await Python.RunAsync(Layout, connect, "layout(c)", "print('same')");

        again.Should().Be("same");
        var all = await server.ControlAsync("list_queues", "name", "messages");
        all.Split('\n').Count(line => line.StartsWith("celery_delayed_")).Should().Be(28);
    }

    [SkippableFact]
    public async Task Publish_FirstOnAFreshServer_LaysOutWhatPythonDeclares()
    {
        await using var server = await OwnServer.StartAsync();
        await using var broker = TestBrokers.Create(server.Url, options => options.DelayedDeliveryThreshold = TimeSpan.FromSeconds(1));
        var queue = new QueueDefinition("plain");
        var message = TestMessages.New();
        message.Eta = DateTimeOffset.UtcNow.AddSeconds(4);

        await broker.PublishAsync(message, Route.To(queue), CancellationToken.None).Within(TimeSpan.FromSeconds(30));
        var declared = await Python.RunAsync(Layout, $"c = Connection({Python.Text(server.Url)}).default_channel", "layout(c)", "print('same')");
        await using var consumer = await broker.ConsumeAsync(new ConsumerSettings { Queues = [queue], Prefetch = 1, NodeName = "celery@tests" }, CancellationToken.None).Within();

        declared.Should().Be("same");
        (await consumer.TakeAsync()).Message.Id.Should().Be(message.Id);
    }

    [SkippableFact]
    public async Task Consume_QuorumQueueOfATopicExchange_GetsWhatCelerySendsWithADelay()
    {
        await using var broker = TestBrokers.Create();
        await using var consumer = await broker.ConsumeAsync(new ConsumerSettings { Queues = [Queue], Prefetch = 1, NodeName = "celery@tests" }, CancellationToken.None).Within(TimeSpan.FromSeconds(30));

        // As a Python client does: no declaration, only the message.
        await Python.RunAsync(
            Layout,
            $"c = Connection({Python.Text(TestServers.RabbitMQ)}).default_channel",
            $"c.basic_publish(amqp.Message('[[],{{}},{{}}]', content_type='application/json', content_encoding='utf-8', delivery_mode=2, application_headers=dict(task='t.later', id='1')), 'celery_delayed_27', key(2, {Python.Text(_name)}))",
            "c.close()");
        var delivery = await consumer.TakeAsync();

        delivery.Message.TaskName.Should().Be("t.later");
        delivery.Queue.Should().Be(_name);
        delivery.RoutingKey.Should().Be(_name, "a retry goes by it");
        delivery.Message.CustomHeaders.Should().BeNull();
    }

    [SkippableFact]
    public async Task Publish_QueueBoundAsCeleryBindsIt_ComesOnce()
    {
        await using var broker = TestBrokers.Create(configure: options => options.DelayedDeliveryThreshold = TimeSpan.FromSeconds(1));
        await using var consumer = await broker.ConsumeAsync(new ConsumerSettings { Queues = [Queue], Prefetch = 10, NodeName = "celery@tests" }, CancellationToken.None).Within(TimeSpan.FromSeconds(30));
        var key = Python.Text($"#.{_name}");
        await Python.RunAsync(
            Layout,
            $"c = Connection({Python.Text(TestServers.RabbitMQ)}).default_channel",
            $"c.exchange_bind({Python.Text(_name)}, 'celery_delayed_delivery', {key})",
            $"c.queue_bind({Python.Text(_name)}, {Python.Text(_name)}, {key})");
        var message = TestMessages.New();
        var marker = TestMessages.New();
        message.Eta = DateTimeOffset.UtcNow.AddSeconds(1.5);
        marker.Eta = DateTimeOffset.UtcNow.AddSeconds(3.5);

        await broker.PublishManyAsync([new(message, Route.To(Queue)), new(marker, Route.To(Queue))], CancellationToken.None).Within();

        (await consumer.NextAsync(2)).Select(delivery => delivery.Message.Id).Should().Equal(message.Id, marker.Id);
    }
}
