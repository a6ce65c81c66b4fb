using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.RabbitMQ.Tests.Browsing;

public sealed class RabbitMQQueueBrowserTests : QueueBrowserContract
{
    protected override IBroker CreateBroker() => TestBrokers.Create();

    protected override bool KnowsWhatIsHeld => false;

    protected override bool KnowsItsQueues => false;

    protected override Task DeleteQueuesAsync(IReadOnlyList<string> names) => RawServer.DeleteAsync(names);

    [SkippableFact]
    public async Task Peek_ThenConsume_MessageCountsAsRedelivered()
    {
        var queue = NewQueue();
        await Broker.PublishAsync(TestMessages.New(), Route.To(queue), CancellationToken.None).Within();

        var first = await Browser.PeekAsync(queue.Name, 1, CancellationToken.None).Within();
        var second = await Browser.PeekAsync(queue.Name, 1, CancellationToken.None).Within();

        first[0].IsRedelivered.Should().BeFalse();
        second[0].IsRedelivered.Should().BeTrue("RabbitMQ has no other way to look, and whoever counts starts must know");
    }

    [SkippableFact]
    public async Task Peek_ConnectionLostBefore_ConnectsAnew()
    {
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        await using var broker = TestBrokers.Create(url);
        var queue = NewQueue();
        await Broker.PublishAsync(TestMessages.New(), Route.To(queue), CancellationToken.None).Within();
        await broker.PeekAsync(queue.Name, 1, CancellationToken.None).Within();

        proxy.Cut();
        await Eventually.IsTrueAsync(async () =>
        {
            try
            {
                return (await broker.PeekAsync(queue.Name, 1, CancellationToken.None).Within()).Count == 1;
            }
            catch (BrokerUnavailableException)
            {
                return false; // asked before the client noticed
            }
        });
    }

    [SkippableFact]
    public async Task Count_NobodyThere_SaysSo()
    {
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        proxy.Set(TcpProxyMode.Refuse);
        await using var broker = TestBrokers.Create(url);

        var count = async () => await broker.CountAsync("any", CancellationToken.None).Within();

        (await count.Should().ThrowAsync<BrokerUnavailableException>()).Which.Message.Should().Contain($"{proxy.Port}").And.EndWith("[CN3001]");
    }
}
