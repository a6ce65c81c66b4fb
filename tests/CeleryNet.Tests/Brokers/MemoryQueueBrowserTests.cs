using CeleryNet.Brokers;
using CeleryNet.Brokers.Memory;
using CeleryNet.Contracts;

namespace CeleryNet.Tests.Brokers;

public sealed class MemoryQueueBrowserTests : QueueBrowserContract
{
    protected override IBroker CreateBroker() => new MemoryBroker(TimeProvider.System);

    [Fact]
    public async Task Publish_BeyondMaxLength_DropsTheOldest()
    {
        var queue = NewQueue().WithMaxLength(3);
        var sent = new List<string?>();
        for (var i = 0; i < 5; i++)
        {
            var message = TestMessages.New();
            sent.Add(message.Id);
            await Broker.PublishAsync(message, Route.To(queue), CancellationToken.None);
        }

        var kept = await Browser.PeekAsync(queue.Name, 10, CancellationToken.None);

        kept.Select(delivery => delivery.Message.Id).Should().Equal(sent[2..]);
    }
}
