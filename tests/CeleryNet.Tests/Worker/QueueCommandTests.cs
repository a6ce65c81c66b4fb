using CeleryNet.Brokers;

namespace CeleryNet.Tests.Worker;

/// <summary>Remote control of queues, on a broker that can neither leave a queue nor take one up, and with requests as they should not be.</summary>
public sealed class QueueCommandTests
{
    [Theory]
    [InlineData("""{"method": "add_consumer", "arguments": {}}""", "it has no argument 'queue'")]
    [InlineData("""{"method": "add_consumer", "arguments": {"queue": ""}}""", "it has no argument 'queue'")]
    [InlineData("""{"method": "add_consumer", "arguments": {"queue": ["a"]}}""", "argument 'queue' is not a text")]
    [InlineData("""{"method": "add_consumer", "arguments": {"queue": "a", "exchange_type": "headers"}}""", "argument 'exchange_type' is 'headers'")]
    [InlineData("""{"method": "add_consumer", "arguments": {"queue": "a", "queue_arguments": {"x-max-priority": []}}}""", "queue argument 'x-max-priority' is neither")]
    [InlineData("""{"method": "cancel_consumer", "arguments": {"queue": 5}}""", "argument 'queue' is not a text")]
    [InlineData("""{"method": "ping", "arguments": {"celerynet_queue": {}}}""", "argument 'celerynet_queue' is not a text")]
    public async Task Request_OfAnotherForm_IsLoggedAndLeftOut(string request, string reason)
    {
        var broker = new PowerfulBroker();
        await using var fixture = await new WorkerFixture { Broker = broker }.StartAsync();

        await broker.ControlAsync(request);

        fixture.Logger.Of(6002).Should().ContainSingle().Which.Should().Contain(reason);
        fixture.Worker.Queues.Wanted.Should().Equal(new WorkerQueue("celery", false));
    }

    [Fact]
    public async Task Add_BrokerThatCannot_SaysSoAndKeepsTheQueuesItHas()
    {
        await using var fixture = await new WorkerFixture { Broker = new PowerfulBroker() }.StartAsync();

        var add = () => fixture.Worker.Queues.AddAsync(new QueueDefinition("other"), CancellationToken.None);

        (await add.Should().ThrowAsync<TaskQueueException>()).Which.Message.Should().Contain("'other'").And.EndWith("[CN1009]");
        fixture.Worker.Queues.Wanted.Should().Equal(new WorkerQueue("celery", false));
    }

    [Fact]
    public async Task RequestOfAPause_IsForPythonWorkersOnly()
    {
        var broker = new PowerfulBroker();
        await using var fixture = await new WorkerFixture { Broker = broker }.StartAsync();

        await broker.ControlAsync("""{"method": "add_consumer", "arguments": {"queue": "other", "celerynet_pause": true}}""");
        await broker.ControlAsync("""{"method": "cancel_consumer", "arguments": {"queue": "celery", "celerynet_pause": true}}""");

        fixture.Worker.Queues.Wanted.Should().Equal(new WorkerQueue("celery", false));
    }
}
