using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.RabbitMQ.Tests.Consuming;

public sealed class RabbitMQSelectiveConsumerTests : SelectiveConsumerContract
{
    protected override IBroker CreateBroker() => TestBrokers.Create();

    protected override Task DeleteQueuesAsync(IReadOnlyList<string> names) => RawServer.DeleteAsync(names);

    [SkippableFact]
    public async Task Add_QuorumQueueToAClassicOne_LeavesThePrefetchOfTheChannelAndGoesOn()
    {
        var (classic, quorum) = (NewQueue(), NewQueue().AsQuorum());
        var consumer = await ConsumeAsync(2, classic);
        await PublishAsync(classic, 3);
        await consumer.NextAsync(2);

        await AddAsync(consumer, quorum);
        var sent = await PublishAsync(quorum, 1);

        Ids(await consumer.NextAsync(2)).Should().Contain(sent[0]);
        consumer.Status.Generation.Should().Be(1, "the server would end a channel that mixes them");
    }

    [SkippableFact]
    public async Task Changes_ThenConnectionLost_HoldForTheNext()
    {
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        await using var broker = TestBrokers.Create(url);
        var (left, kept, added) = (NewQueue(), NewQueue(), NewQueue());
        var consumer = await ConsumeAsync(new ConsumerSettings { Queues = [left, kept], Prefetch = 10, NodeName = "celery@tests" }, broker);
        await CancelAsync(consumer, left);
        await AddAsync(consumer, added);

        proxy.Cut();
        await Eventually.IsTrueAsync(() => consumer.Status is { IsConnected: true, Generation: > 1 });
        await PublishAsync(left, 1);
        List<string> sent = [.. await PublishAsync(kept, 1), .. await PublishAsync(added, 1)];

        Ids(await consumer.NextAsync(2)).Should().BeEquivalentTo(sent);
        (await ReadyAsync(left)).Should().Be(1);
        await consumer.DisposeAsync();
    }
}
