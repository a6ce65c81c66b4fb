using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Messages;

namespace CeleryNet.Redis.Tests;

/// <summary>What is promised of queues that come and go, kept on a real Redis.</summary>
public sealed class RedisSelectiveConsumerTests : SelectiveConsumerContract
{
    private readonly string _prefix = $"t{Guid.NewGuid():N}:";

    protected override bool KnowsQueueArguments => false;

    protected override IBroker CreateBroker() => new RedisBroker(ConnectionString.ParseAll(TestServers.Redis), new RedisOptions { KeyPrefix = _prefix });

    protected override async Task DeleteQueuesAsync(IReadOnlyList<string> names)
    {
        await using var redis = await TestRedis.ConnectAsync(prefix: _prefix);
        (await redis.UnackedAsync("")).Should().BeEmpty("a consumer that was disposed holds nothing");
        await redis.DeletePrefixAsync();
    }

    [SkippableFact]
    public async Task Cancel_DeliveriesThatNobodyRead_AreNoRedeliveries()
    {
        var queue = NewQueue();
        var consumer = await ConsumeAsync(10, queue);
        await PublishAsync(queue, 3);
        await Eventually.IsTrueAsync(() => consumer.Deliveries.Count == 3);

        await CancelAsync(consumer, queue);
        await AddAsync(consumer, queue);

        (await consumer.NextAsync(3)).Should().OnlyContain(delivery => !delivery.IsRedelivered);
    }

    [SkippableFact]
    public async Task PrefetchPerQueue_LessUrgentSteps_AreLookedAtToo()
    {
        var (one, other) = (NewQueue(), NewQueue());
        var consumer = await ConsumeAsync(new ConsumerSettings { Queues = [one, other], Prefetch = 2, HasPrefetchPerQueue = true, NodeName = "celery@tests" });
        await PublishAsync(one, 5);
        await consumer.NextAsync(2);

        var message = TestMessages.New();
        message.Priority = 6;
        await Broker.PublishAsync(message, Route.To(other), CancellationToken.None).Within();

        (await consumer.NextAsync()).Message.Id.Should().Be(message.Id);
    }
}
