using CeleryNet.Brokers;
using CeleryNet.Contracts;
using RabbitMQ.Client;

namespace CeleryNet.RabbitMQ.Tests.Topology;

/// <summary>Queues, exchanges and bindings as Celery declares them. A second declaration with the captured properties passes only where they are equal.</summary>
public sealed class TopologyTests : IAsyncLifetime
{
    private readonly string _name = $"tests-{Guid.NewGuid():N}";

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => Environment.GetEnvironmentVariable("CELERYNET_TEST_RABBITMQ") is null ? Task.CompletedTask : RawServer.DeleteAsync([_name]);

    [SkippableFact]
    public async Task Declare_PlainQueue_IsWhatCeleryDeclares()
    {
        await using var broker = TestBrokers.Create();
        await using var server = await RawServer.ConnectAsync();

        await broker.DeclareAsync(new QueueDefinition(_name), CancellationToken.None).Within();

        // As captured from Celery 5.2.6: exchange direct, durable; queue durable, neither exclusive nor auto-delete, no arguments.
        await server.Channel.ExchangeDeclareAsync(_name, "direct", durable: true, autoDelete: false);
        await server.Channel.QueueDeclareAsync(_name, durable: true, exclusive: false, autoDelete: false);
        await server.Channel.BasicPublishAsync(_name, routingKey: _name, mandatory: true, body: new byte[1]);
        await Eventually.IsTrueAsync(async () => await server.CountAsync(_name) == 1, what: "the binding by the queue's name");
    }

    [SkippableFact]
    public async Task Declare_QueueThatPythonDeclaredFirst_Passes()
    {
        await using var broker = TestBrokers.Create();
        await Python.RunAsync(
            "from kombu import Connection, Exchange, Queue",
            $"with Connection({Python.Text(TestServers.RabbitMQ)}) as c:",
            $"    Queue({Python.Text(_name)}, Exchange({Python.Text(_name)}), routing_key={Python.Text(_name)}, max_priority=9).bind(c.default_channel).declare()");

        await broker.DeclareAsync(new QueueDefinition(_name).WithMaxPriority(9), CancellationToken.None).Within();
        await broker.PublishAsync(TestMessages.New(), Route.To(new QueueDefinition(_name).WithMaxPriority(9)), CancellationToken.None).Within();
    }

    [SkippableFact]
    public async Task Declare_QueueThatPythonDeclaresLater_Passes()
    {
        await using var broker = TestBrokers.Create();
        await broker.DeclareAsync(new QueueDefinition(_name).WithMaxPriority(9), CancellationToken.None).Within();

        await Python.RunAsync(
            "from kombu import Connection, Exchange, Queue",
            $"with Connection({Python.Text(TestServers.RabbitMQ)}) as c:",
            $"    Queue({Python.Text(_name)}, Exchange({Python.Text(_name)}), routing_key={Python.Text(_name)}, max_priority=9).bind(c.default_channel).declare()");
    }

    [SkippableFact]
    public async Task Declare_OtherArguments_NamesQueuePropertyAndWayOut()
    {
        await using var broker = TestBrokers.Create();
        await broker.DeclareAsync(new QueueDefinition(_name), CancellationToken.None).Within();

        var declare = async () => await broker.DeclareAsync(new QueueDefinition(_name).WithMaxPriority(9), CancellationToken.None).Within();

        (await declare.Should().ThrowAsync<TaskQueueConfigurationException>()).Which.Message
            .Should().Contain(_name).And.Contain("'x-max-priority'").And.Contain("delete the queue").And.EndWith("[CN3002]");
    }

    [SkippableFact]
    public async Task Consume_OtherArguments_FailsAtOnce()
    {
        await using var broker = TestBrokers.Create();
        await broker.DeclareAsync(new QueueDefinition(_name), CancellationToken.None).Within();
        var settings = new ConsumerSettings { Queues = [new QueueDefinition(_name).AsQuorum()], Prefetch = 1, NodeName = "celery@tests" };

        var consume = async () => await broker.ConsumeAsync(settings, CancellationToken.None).Within(TimeSpan.FromSeconds(3));

        (await consume.Should().ThrowAsync<TaskQueueConfigurationException>()).Which.Message.Should().Contain("x-queue-type").And.EndWith("[CN3002]");
    }

    [SkippableFact]
    public async Task Publish_OtherArguments_FailsAndOtherQueuesGoOn()
    {
        await using var broker = TestBrokers.Create();
        await broker.DeclareAsync(new QueueDefinition(_name), CancellationToken.None).Within();
        var wrong = Route.To(new QueueDefinition(_name).WithMaxPriority(9));

        var publish = async () => await broker.PublishAsync(TestMessages.New(), wrong, CancellationToken.None).Within();

        await publish.Should().ThrowAsync<TaskQueueConfigurationException>();
        await publish.Should().ThrowAsync<TaskQueueConfigurationException>("the refusal is remembered for a moment");
        await broker.PublishAsync(TestMessages.New(), Route.To(new QueueDefinition(_name)), CancellationToken.None).Within();
    }

    [SkippableFact]
    public async Task Consume_QuorumQueue_WorksWithAPrefetchPerConsumer()
    {
        await using var broker = TestBrokers.Create();
        var queue = new QueueDefinition(_name).AsQuorum();
        await using var consumer = await broker.ConsumeAsync(new ConsumerSettings { Queues = [queue], Prefetch = 1, NodeName = "celery@tests" }, CancellationToken.None).Within();
        for (var i = 0; i < 3; i++) await broker.PublishAsync(TestMessages.New(), Route.To(queue), CancellationToken.None).Within();

        var first = await consumer.NextAsync();
        await consumer.SetPrefetchAsync(3, CancellationToken.None).Within();
        var more = await consumer.NextAsync(2);
        foreach (var delivery in more.Append(first)) await consumer.SettleAsync(delivery, Settlement.Acknowledge, CancellationToken.None).Within();

        more.Should().HaveCount(2);
        consumer.Status.Generation.Should().Be(1);
    }

    [SkippableFact]
    public async Task Consume_QuorumQueueNobodyToldUsOf_FallsBackToAPrefetchPerConsumer()
    {
        await using var server = await RawServer.ConnectAsync();
        await server.Channel.QueueDeclareAsync(_name, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" });
        await using var broker = TestBrokers.Create();
        // Declared without arguments it would be refused; without exchange and with the type hidden behind another argument type it is what a server-side default gives.
        var queue = new QueueDefinition(_name) { Exchange = "" }.WithArgument("x-queue-type", System.Text.Encoding.UTF8.GetBytes("quorum"));

        await using var consumer = await broker.ConsumeAsync(new ConsumerSettings { Queues = [queue], Prefetch = 1, NodeName = "celery@tests" }, CancellationToken.None).Within();
        await broker.PublishAsync(TestMessages.New(), new Route("", _name, null), CancellationToken.None).Within();

        (await consumer.TakeAsync()).Queue.Should().Be(_name);
    }
}
