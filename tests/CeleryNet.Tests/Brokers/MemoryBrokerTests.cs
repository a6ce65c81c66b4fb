using CeleryNet.Brokers;
using CeleryNet.Brokers.Memory;
using CeleryNet.Contracts;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.Tests.Brokers;

public sealed class MemoryBrokerTests : BrokerContract
{
    private readonly FakeTimeProvider _time = new();

    protected override IBroker CreateBroker() => new MemoryBroker(_time);

    [Fact]
    public async Task Consume_QueueWithMaxPriority_HigherNumbersComeFirst()
    {
        var queue = NewQueue().WithMaxPriority(10);
        foreach (byte priority in new byte[] { 0, 5, 200, 5, 1 })
        {
            var message = TestMessages.New();
            message.Priority = priority;
            await PublishAsync(queue, message);
        }

        var received = await (await ConsumeAsync(10, queue)).NextAsync(5);

        received.Select(delivery => delivery.Message.Priority).Should().Equal(200, 5, 5, 1, 0);
    }

    [Fact]
    public async Task Consume_QueueWithoutMaxPriority_IsFirstInFirstOut()
    {
        var queue = NewQueue();
        foreach (byte priority in new byte[] { 0, 5, 1 })
        {
            var message = TestMessages.New();
            message.Priority = priority;
            await PublishAsync(queue, message);
        }

        var received = await (await ConsumeAsync(10, queue)).NextAsync(3);

        received.Select(delivery => delivery.Message.Priority).Should().Equal(0, 5, 1);
    }

    [Fact]
    public async Task Settle_Requeue_ComesBeforeTheOthers()
    {
        var queue = NewQueue();
        var sent = await PublishAsync(queue, 3);
        var consumer = await ConsumeAsync(1, queue);

        await consumer.SettleAsync(await consumer.NextAsync(), Settlement.Requeue, CancellationToken.None);
        var again = await consumer.TakeAsync();

        again.Message.Id.Should().Be(sent[0]);
    }

    [Fact]
    public async Task Dispose_WithUnsettledDeliveries_KeepsTheirOrder()
    {
        var queue = NewQueue();
        var sent = await PublishAsync(queue, 5);
        var first = await ConsumeAsync(4, queue);
        await first.NextAsync(2);

        await first.DisposeAsync();
        var received = await (await ConsumeAsync(10, queue)).NextAsync(5);

        received.Select(delivery => delivery.Message.Id).Should().Equal(sent);
        received.Select(delivery => delivery.IsRedelivered).Should().Equal(true, true, false, false, false);
    }

    [Fact]
    public async Task Consume_ExpiredMessage_IsDroppedAndALaterOneComes()
    {
        var queue = NewQueue();
        var message = TestMessages.New();
        message.Expiration = TimeSpan.FromSeconds(10);
        await PublishAsync(queue, message);
        _time.Advance(TimeSpan.FromSeconds(10));

        await AssertEmptyAsync(queue);
    }

    [Fact]
    public async Task Consume_ExpiredMessageOfQueueWithDeadLetter_IsMovedWithoutExpiration()
    {
        var dead = NewQueue();
        var queue = NewQueue().WithDeadLetter("", dead.Name);
        var fresh = await ConsumeAsync(1, dead);
        var message = TestMessages.New();
        message.Expiration = TimeSpan.FromSeconds(10);
        await PublishAsync(queue, message);
        _time.Advance(TimeSpan.FromMinutes(1));

        await ConsumeAsync(1, queue);
        var moved = await fresh.TakeAsync();

        moved.Message.Id.Should().Be(message.Id);
        moved.Message.Expiration.Should().BeNull();
    }

    [Fact]
    public async Task Publish_ToFanoutExchange_ReachesEveryQueueWithAMessageOfItsOwn()
    {
        var exchange = NewQueue().Name;
        var queues = Enumerable.Range(0, 2).Select(_ => NewQueue() with { Exchange = exchange, ExchangeType = "fanout", RoutingKey = "" }).ToArray();
        var consumer = await ConsumeAsync(10, queues);
        var sent = TestMessages.New();

        await Broker.PublishAsync(sent, new Route(exchange, "whatever", null), CancellationToken.None);
        var received = await consumer.NextAsync(2);

        received.Should().OnlyContain(delivery => delivery.Message.Id == sent.Id);
        received[0].Message.Should().NotBeSameAs(received[1].Message);
    }

    [Theory]
    [InlineData("a.b.c", "a.b.c", true)]
    [InlineData("a.b.c", "a.b", false)]
    [InlineData("a.b", "a.b.c", false)]
    [InlineData("*.b", "a.b", true)]
    [InlineData("*", "a.b", false)]
    [InlineData("#", "", true)]
    [InlineData("#", "a.b.c", true)]
    [InlineData("a.#", "a", true)]
    [InlineData("a.#", "a.b.c", true)]
    [InlineData("a.#", "b.a", false)]
    [InlineData("#.c", "a.b.c", true)]
    [InlineData("#.c", "c", true)]
    [InlineData("#.c", "a.b", false)]
    [InlineData("a.#.c", "a.c", true)]
    [InlineData("a.#.c", "a.b.b.c", true)]
    [InlineData("a.#.#", "a", true)]
    [InlineData("*.#.b.*", "a.x.b.c", true)]
    public async Task Publish_ToTopicExchange_FitsAsAmqpSays(string pattern, string key, bool fits)
    {
        var queue = NewQueue() with { Exchange = "topics", ExchangeType = "topic", RoutingKey = pattern };
        await Broker.DeclareAsync(queue, CancellationToken.None);

        var publish = async () => await Broker.PublishAsync(TestMessages.New(), new Route("topics", key, null), CancellationToken.None);

        if (fits) await publish.Should().NotThrowAsync();
        else await publish.Should().ThrowAsync<PublishException>();
    }

    [Fact]
    public async Task Declare_ExchangeOfAnotherType_IsRefused()
    {
        await Broker.DeclareAsync(NewQueue() with { Exchange = "shared" }, CancellationToken.None);

        var declare = async () => await Broker.DeclareAsync(NewQueue() with { Exchange = "shared", ExchangeType = "topic" }, CancellationToken.None);

        await declare.Should().ThrowAsync<TaskQueueConfigurationException>().WithMessage("*shared*direct*topic*");
    }

    [Fact]
    public async Task Settle_Twice_CountsTheSecondAsStale()
    {
        var queue = NewQueue();
        var consumer = await ConsumeAsync(1, queue);
        await PublishAsync(queue);
        var delivery = await consumer.TakeAsync();

        await consumer.SettleAsync(delivery, Settlement.Requeue, CancellationToken.None);
        await consumer.DisposeAsync();

        consumer.Status.StaleSettlements.Should().Be(1);
        await AssertEmptyAsync(queue);
    }

    [Fact]
    public void Create_MemoryUrl_MakesTheBroker()
    {
        var broker = BrokerSchemes.Create(new NoServices(), "memory://any-name");

        broker.Should().BeOfType<MemoryBroker>();
    }

    [Fact]
    public void Create_MemoryUrlWithOption_IsRefused()
    {
        var create = () => BrokerSchemes.Create(new NoServices(), "memory://?prefetch=1");

        create.Should().Throw<TaskQueueConfigurationException>().WithMessage("*prefetch*");
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
