using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Messages;

namespace CeleryNet.Redis.Tests;

/// <summary>Queues that hold a limited number of messages.</summary>
public sealed class RedisLimitTests : RedisTestBase
{
    private static readonly QueueDefinition Bounded = new QueueDefinition("dead").WithMaxLength(3);

    [SkippableFact]
    public async Task Publish_BeyondTheLimit_DropsTheOldest()
    {
        var broker = NewBroker();
        var sent = new List<string?>();

        for (var i = 0; i < 5; i++) sent.Add((await PublishAsync(broker, queue: Bounded)).Id);

        (await PeekAsync(broker)).Should().Equal(sent[2..]);
    }

    [SkippableFact]
    public async Task PublishMany_BeyondTheLimit_KeepsTheLast()
    {
        var broker = NewBroker();
        await PublishAsync(broker, queue: Bounded);
        var messages = Enumerable.Range(0, 1200).Select(_ => new OutgoingMessage(TestMessages.New(), Route.To(Bounded))).ToList();

        await broker.PublishManyAsync(messages, CancellationToken.None).Within();

        (await PeekAsync(broker)).Should().Equal(messages.TakeLast(3).Select(sent => sent.Message.Id));
    }

    [SkippableFact]
    public async Task Publish_SeveralPriorities_TheyShareTheLimitAndTheNewOneStays()
    {
        var broker = NewBroker();
        for (var i = 0; i < 3; i++) await PublishAsync(broker, priority: 9, Bounded);

        var urgent = await PublishAsync(broker, priority: 0, Bounded);

        var left = await PeekAsync(broker);
        left.Should().HaveCount(3);
        left[0].Should().Be(urgent.Id);
    }

    // As dead letters are sent again: by name alone.
    [SkippableFact]
    public async Task Publish_RouteWithoutDefinition_KeepsToWhatWasDeclared()
    {
        var broker = NewBroker();
        await broker.DeclareAsync(Bounded, CancellationToken.None);

        for (var i = 0; i < 5; i++) await broker.PublishAsync(TestMessages.New(), new Route("", "dead", null), CancellationToken.None).Within();

        (await broker.CountAsync("dead", CancellationToken.None)).Should().Be(3);
    }

    [SkippableFact]
    public async Task Publish_ByExchange_KeepsToTheLimitOfTheQueue()
    {
        var broker = NewBroker();
        var queue = Bounded with { Exchange = "all", ExchangeType = "topic", RoutingKey = "a.#" };
        TaskMessage? last = null;

        for (var i = 0; i < 5; i++) await broker.PublishAsync(last = TestMessages.New(), new Route("all", "a.b", queue), CancellationToken.None).Within();

        var left = await PeekAsync(broker);
        left.Should().HaveCount(3);
        left[2].Should().Be(last!.Id);
    }

    [SkippableTheory]
    [InlineData("ten")]
    [InlineData(-1)]
    public async Task Declare_LimitThatIsNone_IsRefused(object limit)
    {
        var broker = NewBroker();

        var declare = async () => await broker.DeclareAsync(new QueueDefinition("dead").WithArgument("x-max-length", limit), CancellationToken.None);
        var publish = async () => await PublishAsync(broker, queue: new QueueDefinition("dead").WithArgument("x-max-length", limit));

        (await declare.Should().ThrowAsync<TaskQueueConfigurationException>()).WithMessage($"*x-max-length*'dead'*{limit}*");
        await publish.Should().ThrowAsync<TaskQueueConfigurationException>();
        await publish.Should().ThrowAsync<TaskQueueConfigurationException>("also the second time");
    }

    private static async Task<List<string?>> PeekAsync(RedisBroker broker) =>
        [.. (await broker.PeekAsync("dead", 5000, CancellationToken.None).Within()).Select(delivery => delivery.Message.Id)];
}
